"""Paths that Flask takes for another."""

import pytest

from gateway.compat.wire.paths import merged, url_of, with_one_slash_at_start, with_slash, without_slash
from tests.support.asgi import a_scope


@pytest.mark.parametrize(
    ("path", "longer", "shorter", "single", "once"),
    [
        ("/", None, None, None, None),
        ("/a", "/a/", None, None, None),
        ("/a/", None, "/a", None, None),
        ("//a", "//a/", None, "/a", "/a"),
        ("/a//b/", None, "/a//b", None, "/a/b/"),
        ("//", None, None, "/", "/"),
    ],
)
def test_paths(path: str, longer: str, shorter: str, single: str, once: str) -> None:
    assert (with_slash(path), without_slash(path)) == (longer, shorter)
    assert (with_one_slash_at_start(path), merged(path)) == (single, once)


def test_a_url_keeps_the_host_and_the_query_and_quotes_the_path() -> None:
    scope = a_scope(target="/a?x=%20", headers=[(b"host", b"shop.test:8000")])
    assert url_of(scope, "/ü b/") == "http://shop.test:8000/%C3%BC%20b/?x=%20"


@pytest.mark.parametrize(("port", "host"), [(80, "gateway.test"), (8080, "gateway.test:8080")])
def test_without_a_host_header_it_is_the_servers(port: int, host: str) -> None:
    assert url_of({**a_scope(), "server": ("gateway.test", port)}, "/") == f"http://{host}/"
