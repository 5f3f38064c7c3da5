"""What the migration waits for is said, and told from what needs a person."""

from __future__ import annotations

from gateway.console.views.attention import Attention, Concern, Urgency
from gateway.console.views.next_steps import next_steps
from gateway.mapfile.loaded import LoadedMap
from tests.support.picture import a_picture, a_stratum, loaded_map

HEAD = """\
version: 1
backends: {legacy: {wsgi: "a:b"}, v2: {asgi: "c:d"}}
defaults: {gate: {latency: 9}, canary: {percent: 5}}
routes:
"""


def a_map(*modes: str) -> LoadedMap:
    """Routes `a`, `b`, ... in these modes."""
    lines = [f"  - {{id: {name}, path: /{name}, mode: {mode}}}\n" for name, mode in zip("abcdef", modes, strict=False)]
    return loaded_map(HEAD + "".join(lines))


def steps(loaded: LoadedMap, evidence: dict[str, tuple[int, int]]) -> dict[Concern, Attention]:
    """By concern; `evidence` has how many agree and how many differ, by route."""
    tallies = [a_stratum(loaded, route, *counts) for route, counts in evidence.items()]
    found = list(next_steps(a_picture(loaded, tallies)))
    assert {one.urgency for one in found} <= {Urgency.NEXT}
    return {one.concern: one for one in found}


def test_routes_in_shadow_that_differ_are_named_worst_first_and_the_rest_is_counted() -> None:
    loaded = a_map("shadow", "shadow", "shadow", "shadow", "shadow")
    found = steps(loaded, {"a": (9, 1), "b": (5, 5), "c": (0, 9), "d": (8, 2), "e": (4_000, 0)})
    said = found[Concern.SHADOW_NOT_READY]
    assert said.sentence.startswith("4 routes in shadow are not ready: c, b, d and 1 more. No client sees it")
    assert said.link == "/routes?mode=shadow&state=not_ready&sort=mismatches"


def test_one_route_is_no_plural() -> None:
    found = steps(a_map("shadow", "shadow"), {"a": (1, 1)})
    assert found[Concern.SHADOW_NOT_READY].sentence.startswith("1 route in shadow is not ready: a. ")


def test_what_clients_see_is_not_said_to_be_harmless() -> None:
    assert steps(a_map("canary", "v2"), {"a": (1, 9), "b": (1, 9)}) == {}


def test_routes_that_the_gate_lets_up_are_named_while_there_is_a_rung_above() -> None:
    found = steps(a_map("shadow", "canary", "v2"), dict.fromkeys("abc", (4_000, 0)))
    assert set(found) == {Concern.READY_TO_MOVE}
    assert found[Concern.READY_TO_MOVE].sentence == "2 routes are ready to move up: a and b."


def test_a_map_without_routes_says_how_to_begin() -> None:
    found = steps(loaded_map(HEAD.replace("routes:\n", "routes: []\n")), {})
    assert "`gateway init`" in found[Concern.NO_ROUTES].sentence


def test_nothing_compared_is_nothing_to_do() -> None:
    assert steps(a_map("shadow", "legacy"), {}) == {}
