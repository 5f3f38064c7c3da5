"""The map held against its application: what `gateway check` says about the two together."""

from __future__ import annotations

from pathlib import Path

import pytest
from werkzeug.routing import Map, Rule

from gateway.mapfile.coverage import FindingKind, compare_inventory, shadowed
from gateway.mapfile.load import parse_map
from gateway.mapfile.loaded import LoadedMap

LEAST = "version: 1\nbackends: {legacy: {wsgi: 'a:b'}, v2: {asgi: 'a:b'}}\n"


def a_map(*routes: str) -> LoadedMap:
    lines = "".join(f"  - {{{route}}}\n" for route in routes)
    return parse_map(f"{LEAST}routes:\n{lines}".encode() if routes else LEAST.encode(), Path("m"))


def findings(loaded: LoadedMap, *rules: Rule) -> list[tuple[FindingKind, int, str]]:
    return [(f.kind, f.problem.line, f.problem.what) for f in compare_inventory(loaded, Map(list(rules)))]


def test_a_map_that_names_every_rule_has_no_findings():
    loaded = a_map("id: a, path: '/a/<int:x>', methods: [GET]", "id: b, path: '/a/<int:y>', methods: [POST]")
    assert findings(loaded, Rule("/a/<int:id>", endpoint="a", methods=["GET", "POST"])) == []


def test_a_rule_that_only_the_default_answers_is_unmapped():
    ((kind, _, what),) = findings(a_map(), Rule("/a", endpoint="bp.a", methods=["GET"]))
    assert kind is FindingKind.UNMAPPED
    assert what == "bp.a (GET /a) has no route, so the default route answers it"


def test_the_methods_that_are_missing_are_named():
    loaded = a_map("id: a, path: /a, methods: [GET]")
    ((kind, _, what),) = findings(loaded, Rule("/a", endpoint="a", methods=["GET", "POST"]))
    assert (kind, what) == (FindingKind.UNMAPPED, "a (POST /a) has no route, so the default route answers it")


def test_a_rule_that_another_rule_s_route_catches_is_ambiguous():
    loaded = a_map("id: show, path: '/a/<slug>'")
    rules = (Rule("/a/<slug>", endpoint="show"), Rule("/a/export", endpoint="export"))
    ((kind, line, what),) = findings(loaded, *rules)
    assert (kind, line) == (FindingKind.AMBIGUOUS, 4)
    assert what == "export (/a/export) has no route, so `show` answers it and flips with it"


def test_a_route_for_a_whole_part_is_meant():
    assert (
        findings(a_map("id: a, path: '/a/<path:rest>'"), Rule("/a/b", endpoint="b"), Rule("/a/<x>", endpoint="c")) == []
    )


def test_a_route_without_a_rule_is_stale_unless_v2_answers_it():
    loaded = a_map("id: old, path: /old", "id: new, path: /new, mode: v2")
    ((kind, line, what),) = findings(loaded)
    assert (kind, line) == (FindingKind.STALE, 4)
    assert what == "`old` is for `/old`, and the application has no rule for that"


def test_a_converter_that_the_application_lacks_is_named():
    kinds = {kind for kind, _, what in findings(a_map("id: a, path: '/<sku:x>'"), Rule("/b", endpoint="b"))}
    assert FindingKind.CONVERTER in kinds


def test_a_websocket_is_named():
    ((kind, _, what),) = findings(a_map(), Rule("/ws", endpoint="ws", websocket=True))
    assert kind is FindingKind.UNSUPPORTED
    assert "WebSocket" in what


@pytest.mark.parametrize(
    ("routes", "never"),
    [
        (("id: any, path: '/a/<x>'", "id: one, path: '/a/<any(b, c):x>'"), ["one"]),
        (("id: one, path: '/a/<any(b, c):x>'", "id: any, path: '/a/<x>'"), []),
        (("id: any, path: '/a/<x>'", "id: int, path: '/a/<int:x>'"), []),
        (("id: all, path: '/<path:x>'", "id: one, path: '/a/<x>'"), []),
        (("id: any, path: '/a/<x>', methods: [GET]", "id: one, path: '/a/<any(b, c):x>', methods: [POST]"), []),
        (("id: any, path: '/a/<x>', methods: [GET]", "id: one, path: '/a/<any(b, c):x>', methods: [GET, POST]"), []),
        (("id: any, path: '/a/<sku:x>'", "id: one, path: '/a/<sku(1):x>'"), []),
    ],
)
def test_a_route_that_is_never_reached_is_told(routes, never):
    """Case 34: the order of the file only decides between templates that are equally specific."""
    problems = shadowed(a_map(*routes))
    assert [problem.route for problem in problems] == never
    assert all("is never reached: `any` comes first" in problem.what for problem in problems)
