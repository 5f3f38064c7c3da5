"""Which flips the gate is asked for, and what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.changes.gatekeeper import asks_gate, decide
from gateway.changes.site import Site
from gateway.mapfile.flip import Wanted, plan_flip
from gateway.mapfile.load import read_map
from gateway.routing.mode import Mode
from tests.support.evidence import Evidence, answer
from tests.support.maps import A_MAP

EASY = A_MAP.replace("    mode: shadow\n", "    mode: shadow\n    gate: {parity: 90%}\n")


def a_map(mode: Mode, percent: int = 10) -> bytes:
    """A_MAP with `articles` on that rung."""
    return A_MAP.replace("mode: 'canary'", f"mode: {mode}").replace("percent: 10", f"percent: {percent}").encode()


@pytest.mark.parametrize(
    ("start", "end", "percent", "asked"),
    [
        (Mode.LEGACY, Mode.SHADOW, None, False),
        (Mode.LEGACY, Mode.CANARY, None, True),
        (Mode.LEGACY, Mode.V2, None, True),
        (Mode.SHADOW, Mode.LEGACY, None, False),
        (Mode.SHADOW, Mode.CANARY, 1, True),
        (Mode.SHADOW, Mode.V2, None, True),
        (Mode.CANARY, Mode.LEGACY, None, False),
        (Mode.CANARY, Mode.SHADOW, None, False),
        (Mode.CANARY, Mode.CANARY, 11, True),
        (Mode.CANARY, Mode.CANARY, 9, False),
        (Mode.CANARY, Mode.CANARY, 10, False),
        (Mode.CANARY, Mode.V2, None, True),
        (Mode.V2, Mode.LEGACY, None, False),
        (Mode.V2, Mode.SHADOW, None, False),
        (Mode.V2, Mode.CANARY, 50, False),
        (Mode.V2, Mode.V2, None, False),
    ],
)
def test_gate_is_asked_for_what_gives_more_clients_to_v2(
    start: Mode, end: Mode, percent: float | None, asked: bool
) -> None:
    """Case 175: down is never asked for."""
    edit, _ = plan_flip(a_map(start), Path("map.yaml"), "articles", Wanted(end, percent))
    assert asks_gate(edit) is asked


def test_no_evidence_is_a_refusal_that_says_so(site: Site) -> None:
    loaded = read_map(site.map_path)
    off = decide(loaded, ("employees.get",), None)
    assert (off.state, off.refuses) == ("unavailable", True)
    assert "GATEWAY_EVIDENCE is off" in off.reasons[0]
    missing = decide(loaded, ("employees.get",), site.evidence)
    assert (missing.state, missing.refuses) == ("unavailable", True)
    assert "there is no evidence at" in missing.reasons[0]


def test_little_evidence_is_inconclusive_and_enough_is_ready(site: Site) -> None:
    site.map_path.write_text(EASY)
    evidence = Evidence(site.map_path)
    evidence.saw_equal("employees.get", 3)
    evidence.write()
    loaded = read_map(site.map_path)
    assert decide(loaded, ("employees.get",), site.evidence).state == "inconclusive"
    evidence.saw_equal("employees.get", 60)
    evidence.write()
    ready = decide(loaded, ("employees.get",), site.evidence)
    assert (ready.state, ready.refuses) == ("ready", False)


def test_what_differs_is_not_ready(site: Site) -> None:
    site.map_path.write_text(EASY)
    evidence = Evidence(site.map_path)
    for number in range(60):
        evidence.saw("employees.get", answer({"a": 1}), answer({"a": 2}), path=f"/employee/{number}")
    evidence.write()
    decision = decide(read_map(site.map_path), ("employees.get",), site.evidence)
    assert decision.state == "not_ready"
    assert "60 of 60 distinct 2xx requests differ" in decision.reasons[0]


def test_of_several_routes_the_worst_decides_and_each_that_is_not_ready_is_named(site: Site) -> None:
    site.map_path.write_text(EASY)
    evidence = Evidence(site.map_path)
    evidence.saw_equal("employees.get", 60)
    evidence.write()
    decision = decide(read_map(site.map_path), ("employees.get", "health"), site.evidence)
    assert decision.state == "inconclusive"
    assert [reason.split(":")[0] for reason in decision.reasons] == ["health"]


@pytest.mark.parametrize(("route", "words"), [("health", "flip it to shadow"), ("articles", "distinct 2xx requests")])
def test_route_of_which_no_evidence_will_come_says_what_to_do(site: Site, route: str, words: str) -> None:
    Evidence(site.map_path).write()
    assert words in decide(read_map(site.map_path), (route,), site.evidence).reasons[-1]


def test_canary_without_a_sample_says_so(site: Site) -> None:
    text = A_MAP.replace("    shadow: {sample: 5%}              # keeps comparing, whichever side serves\n", "")
    site.map_path.write_text(text)
    Evidence(site.map_path).write()
    assert "--sample N" in decide(read_map(site.map_path), ("articles",), site.evidence).reasons[-1]
