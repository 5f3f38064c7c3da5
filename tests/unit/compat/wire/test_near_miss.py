"""What a route says of a path that is not quite its own. The answers themselves: test_route.py, beside Flask's."""

import pytest
from starlette.routing import Match

from gateway.compat.wire.detour import KEY, Detour, Way
from gateway.compat.wire.near_miss import near_miss
from gateway.compat.wire.route import flask_route
from tests.support.asgi import a_scope


def looked(switch: str, route: str, path: str, method: str = "GET") -> tuple[Match, Detour | None]:
    match, child = near_miss(flask_route(switch)(route, lambda: None, methods=["GET"]), a_scope(method, path))
    return match, child.get(KEY)


@pytest.mark.parametrize(
    ("switch", "route", "path", "way", "place"),
    [
        ("routing.merge_slashes", "/a/b", "/a//b", Way.REDIRECT, "/a/b"),
        ("routing.slash_redirect", "/a/", "/a", Way.REDIRECT, "/a/"),
        ("routing.strict_slashes", "/a", "/a/", Way.NOT_FOUND, ""),
        ("params.path_converters", "/a/{x:path}", "/a", Way.NOT_FOUND, ""),
    ],
)
def test_it_is_a_partial_match_with_its_way(switch: str, route: str, path: str, way: Way, place: str) -> None:
    assert looked(switch, route, path) == (Match.PARTIAL, Detour(way, switch, place))
    assert looked("json.nan", route, path) == (Match.NONE, None)
    assert looked(switch, route, "/elsewhere") == (Match.NONE, None)


def test_slashes_at_the_start_are_the_path_itself() -> None:
    assert looked("routing.merge_slashes", "/a", "//a") == (Match.FULL, Detour(Way.ON, "routing.merge_slashes"))


def test_with_another_method_a_missing_slash_is_404_and_a_repeated_one_405() -> None:
    assert looked("routing.slash_redirect", "/a/", "/a", "PUT")[1] == Detour(
        Way.NOT_FOUND, "routing.slash_redirect", "/a/"
    )
    assert looked("routing.merge_slashes", "/a/b", "/a//b", "PUT")[1] == Detour(Way.ON, "routing.merge_slashes", "/a/b")


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_flask_redirects_what_it_answers_by_itself(method: str) -> None:
    assert looked("routing.slash_redirect", "/a/", "/a", method)[1] == Detour(
        Way.REDIRECT, "routing.slash_redirect", "/a/"
    )
