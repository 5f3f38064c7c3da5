"""Which route a request belongs to, and what becomes of targets that are not canonical."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter, RequestRedirect, ValidationError

from gateway.exchange import Side
from gateway.routing.mode import Mode
from gateway.routing.route import DEFAULT_ROUTE_ID, Canary, Route
from gateway.routing.table import AnySegment, Redirected, Rejected, Routed, RouteTable

DEFAULT = Route(DEFAULT_ROUTE_ID, "/<path:rest>", Mode.LEGACY)


def a_table(*routes: Route, default: Route = DEFAULT, **options) -> RouteTable:
    return RouteTable(routes, default, revision="0" * 12, **options)


def admin_is_v2() -> RouteTable:
    return a_table(
        Route("admin", "/admin", Mode.V2),
        Route("admin.rest", "/admin/<path:rest>", Mode.V2),
        Route("articles", "/articles/<path:rest>", Mode.LEGACY),
    )


def route_of(table: RouteTable, method: str, target: bytes) -> str:
    resolution = table.resolve(method, target)
    assert isinstance(resolution, Routed), resolution
    return resolution.route.id


@pytest.mark.parametrize("target", [b"//admin/users", b"///admin/users", b"/admin//users"])
def test_duplicate_slashes_of_a_v2_route_are_redirected(target: bytes) -> None:
    """Cases 1 and 3."""
    assert admin_is_v2().resolve("GET", target) == Redirected(b"/admin/users", "duplicate_slash")
    assert admin_is_v2().resolve("POST", target) == Rejected(400, "duplicate_slash")


@pytest.mark.parametrize(
    "target",
    [
        b"/%2fadmin/users", b"/public/../admin/users", b"/public/./x", b"/admin/.", b"/admin/users/..",
        b"/public/%2e%2e/admin/users", b"/public/..%2fadmin", b"/public/..%5cadmin", b"/public/..\\admin",
        b"/public/..;x=1/admin", b"/public/.;a/x", b"/admin/users%0a", b"/admin/users%00", b"/admin%252fusers",
        b"/api/items/%", b"/api/items/%ff", b"/admin%E2%80%8B", b"/articles/..%2fadmin%2fusers",
        b"/articles/%2e%2e/admin", b"/articles/..;/admin",
    ],
)  # fmt: skip
def test_ambiguous_target_never_reaches_a_side(target: bytes) -> None:
    """Cases 2, 5 to 18, with `/admin` on v2 and everything else on legacy."""
    resolution = admin_is_v2().resolve("GET", target)
    assert isinstance(resolution, Rejected)
    assert resolution.status == 400


def test_prefix_ends_at_a_segment_border() -> None:
    """Case 26."""
    for target in (b"/adminx", b"/admin-2", b"/administrator", b"/Admin"):
        assert route_of(admin_is_v2(), "GET", target) == DEFAULT_ROUTE_ID


def test_non_canonical_target_of_a_legacy_route_passes_byte_for_byte() -> None:
    for target in (b"/articles/a%2Fb", b"/articles/100%", b"/articles//x", b"/articles/%ff"):
        resolution = admin_is_v2().resolve("GET", target)
        assert isinstance(resolution, Routed)
        assert (resolution.route.id, resolution.raw_path, resolution.verbatim) == ("articles", target, True)


def test_non_canonical_target_of_a_shadowed_route_passes_byte_for_byte_too() -> None:
    """The client of a shadowed route must not notice the shadow; v2 is not asked about such a target."""
    table = a_table(Route("a", "/a/<path:rest>", Mode.SHADOW, shadows=True), Route("b", "/b", Mode.V2))
    resolution = table.resolve("GET", b"/a/x%2Fy")
    assert isinstance(resolution, Routed)
    assert resolution.verbatim


def test_canary_route_counts_as_v2_for_ambiguous_targets() -> None:
    table = a_table(Route("a", "/a/<path:rest>", Mode.CANARY, canary=Canary(0.01)))
    assert table.resolve("GET", b"/a/x%2Fy") == Rejected(400, "encoded_slash")
    assert table.resolve("GET", b"/a//y") == Redirected(b"/a/y", "duplicate_slash")


@given(st.binary(min_size=1, max_size=30).map(lambda raw: b"/" + raw))
def test_while_everything_is_legacy_nothing_is_refused(target: bytes) -> None:
    """On the day the gateway is put in front, it has no opinion."""
    resolution = a_table(Route("articles", "/articles/<path:rest>", Mode.LEGACY)).resolve("GET", target)
    assert isinstance(resolution, Routed)


def test_a_path_over_the_limits_gets_a_414() -> None:
    """Case 38."""
    assert admin_is_v2().resolve("GET", b"/" + b"a" * 9000) == Rejected(414, "path_too_long")


def test_options_asterisk_belongs_to_the_default_route() -> None:
    """Bridge row 18 and case 25."""
    assert route_of(admin_is_v2(), "OPTIONS", b"*") == DEFAULT_ROUTE_ID
    assert isinstance(admin_is_v2().resolve("GET", b"*"), Rejected)
    v2_default = replace(DEFAULT, mode=Mode.V2)
    assert isinstance(a_table(default=v2_default).resolve("OPTIONS", b"*"), Rejected)


def test_most_specific_template_wins_whatever_the_order() -> None:
    """Case 34, trap R6."""
    routes = [
        Route("a", "/a", Mode.LEGACY),
        Route("x", "/a/<x>", Mode.LEGACY),
        Route("int", "/a/<int:x>", Mode.LEGACY),
        Route("b", "/a/b", Mode.LEGACY),
        Route("rest", "/a/<path:rest>", Mode.LEGACY),
    ]
    for seed in range(20):
        random.Random(seed).shuffle(routes)  # noqa: S311 - an order, not a secret
        table = a_table(*routes)
        found = [route_of(table, "GET", target) for target in (b"/a", b"/a/b", b"/a/7", b"/a/z", b"/a/b/c", b"/z")]
        assert found == ["a", "b", "int", "x", "rest", DEFAULT_ROUTE_ID]


def test_head_and_options_follow_the_route_and_other_methods_the_default() -> None:
    """Case 35."""
    table = a_table(
        Route("create", "/e", Mode.V2, methods=frozenset({"POST"})),
        Route("list", "/e", Mode.V2, methods=frozenset({"GET"})),
    )
    methods = ("GET", "HEAD", "OPTIONS", "POST", "DELETE", "PROPFIND", "get")
    found = [route_of(table, method, b"/e") for method in methods]
    assert found == ["list", "list", "list", "create", DEFAULT_ROUTE_ID, DEFAULT_ROUTE_ID, DEFAULT_ROUTE_ID]


def test_missing_trailing_slash_belongs_to_the_template_that_has_it() -> None:
    """Case 30: whoever owns the route answers with its own redirect."""
    table = a_table(Route("slash", "/slash/", Mode.V2), Route("noslash", "/noslash", Mode.V2))
    assert route_of(table, "GET", b"/slash") == "slash"
    assert route_of(table, "GET", b"/slash/") == "slash"
    assert route_of(table, "GET", b"/noslash/") == DEFAULT_ROUTE_ID


def test_an_integer_that_python_refuses_to_parse_is_nobodys() -> None:
    table = a_table(Route("item", "/item/<int:id>", Mode.V2))
    assert route_of(table, "GET", b"/item/" + b"9" * 5000) == DEFAULT_ROUTE_ID


def test_converters_of_the_application_are_used_without_their_lookups() -> None:
    class Even(BaseConverter):
        regex = r"\d*[02468]"

        def to_python(self, value: str) -> object:
            raise AssertionError("a database would be asked here")

    table = a_table(Route("even", "/n/<even:n>", Mode.V2), converters={"even": Even})
    assert route_of(table, "GET", b"/n/42") == "even"
    assert route_of(table, "GET", b"/n/43") == DEFAULT_ROUTE_ID


def test_a_converter_that_only_a_remote_application_knows_takes_one_segment() -> None:
    table = a_table(Route("x", "/n/<odd(a, b=2):n>", Mode.V2), converters={"odd": AnySegment})
    assert route_of(table, "GET", b"/n/whatever") == "x"
    assert route_of(table, "GET", b"/n/a/b") == DEFAULT_ROUTE_ID


@pytest.mark.parametrize("side", list(Side))
def test_force_sends_every_route_to_one_side(side: Side) -> None:
    table = a_table(
        Route("a", "/a", Mode.CANARY, canary=Canary(0.5), shadows=True), Route("b", "/b", Mode.SHADOW), force=side
    )
    expected = Mode.LEGACY if side is Side.LEGACY else Mode.V2
    assert {route.mode for route in (*table.routes, table.default)} == {expected}
    assert not any(route.shadows for route in table.routes)


def test_table_under_force_is_the_same_map_and_gives_it_back() -> None:
    table = a_table(Route("a", "/a", Mode.CANARY, canary=Canary(0.5), shadows=True), Route("b", "/b", Mode.V2))
    assert route_of(table, "GET", b"/a") == "a"
    forced = table.under(Side.LEGACY)
    assert {route.mode for route in (*forced.routes, forced.default)} == {Mode.LEGACY}
    resolved = forced.resolve("GET", b"/b")
    assert isinstance(resolved, Routed)
    assert resolved.route.mode is Mode.LEGACY
    assert {route.mode for route in table.routes} == {Mode.CANARY, Mode.V2}
    free = forced.under(None)
    assert (free.routes, free.default, free.revision) == (table.routes, table.default, table.revision)


def test_cache_is_bounded_and_changes_no_answer() -> None:
    table = a_table(Route("item", "/item/<int:id>", Mode.V2))
    for number in range(5000):
        assert route_of(table, "GET", f"/item/{number}".encode()) == "item"
    assert len(table._cache) <= 4096
    assert route_of(table, "GET", b"/item/1") == "item"


@given(st.lists(st.sampled_from(["a", "b", "7", "-1", "1.5", "é", "x.y", "", "%2F"]), max_size=5))
def test_table_and_flask_agree_on_the_owner(parts: list[str]) -> None:
    """Case 36, for the half that Flask decides."""
    templates = ["/", "/a", "/a/", "/a/<int:x>", "/a/<x>", "/a/<x>/b", "/b/<float:x>", "/<path:rest>/7"]
    app = Flask("owner")
    for template in templates:
        app.add_url_rule(template, endpoint=template, view_func=str)
    path = "/" + "/".join(part for part in parts if part and part != "%2F")
    try:
        owner = app.url_map.bind("localhost").match(path)[0]
    except RequestRedirect as redirect:
        owner = app.url_map.bind("localhost").match("/" + redirect.new_url.split("/", 3)[3])[0]
    except (HTTPException, ValidationError):
        owner = DEFAULT_ROUTE_ID
    routes = [Route(template, template, Mode.V2, methods=frozenset({"GET"})) for template in templates]
    assert a_table(*routes).match("GET", path).id == owner
