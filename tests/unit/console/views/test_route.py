"""A route's page: what is known of it, its rules, and what may be done."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.console.views.cause import CauseCount, Causes
from gateway.console.views.chart import route_charts, span_of
from gateway.console.views.route import RoutePage, RuleState
from gateway.console.views.route_page import RouteEvidence, route_page
from gateway.console.views.route_parts import policy_view, steps_of
from gateway.evidence.store import Group
from gateway.parity.difference import UNEXPLAINED, Part
from gateway.parity.gate import Assessment, GateState
from gateway.parity.noise import NoiseBook, NoisePlace
from gateway.routing.mode import Mode
from tests.support.picture import NOW, a_picture, a_stratum, loaded_map

LOADED = loaded_map()
TALLIES = [
    a_stratum(LOADED, "compared", 100, 20),
    a_stratum(LOADED, "compared", 7, 0, stratum="4xx"),
    a_stratum(LOADED, "compared", 50, 3, earlier=True),
]
NOISE = NoiseBook(
    50,
    (
        NoisePlace(Part.BODY, "/items/*/seen at", 25, frozenset({"string"})),
        NoisePlace(Part.HEADER, "etag", 5, frozenset({"string"})),
    ),
)


def page_of(route_id: str, evidence: str = "ok", **read) -> RoutePage:
    causes = {"compared": (CauseCount("json.datetime-format", 15), CauseCount("gone.cause", 5))}
    picture = a_picture(LOADED, TALLIES, causes=causes, evidence=evidence)
    row = next(row for row in picture.rows if row.id == route_id)
    charts = route_charts([], span_of(NOW, 1.0, None), NOW)
    found = {"groups": (), "noise": NoiseBook(), "flips": (), "charts": charts, **read}
    return route_page(picture, row, RouteEvidence(**found), Causes())


def test_strata_are_told_apart_and_earlier_epochs_are_only_counted() -> None:
    page = page_of("compared")
    assert [(one.stratum, one.compared, one.differing) for one in page.strata] == [("2xx", 120, 20), ("4xx", 7, 0)]
    assert [(one.verdict, one.count) for one in page.strata[0].verdicts] == [("match", 100), ("mismatch", 20)]
    assert page.earlier == 3
    assert (page.since, page.last) == (NOW - 3600, NOW - 60)
    assert page.line == LOADED.lines["compared"]


def test_the_gate_is_shown_with_what_it_wants() -> None:
    gate = page_of("compared").gate
    assert (gate.state, gate.wanted_parity, gate.confidence, gate.latency_allowed) == (
        GateState.NOT_READY,
        0.999,
        0.95,
        1.2,
    )
    assert gate.latency_ratio == pytest.approx(2.0, rel=0.05)


def test_causes_come_with_their_fix_and_unknown_ones_without() -> None:
    known, unknown = page_of("compared").causes
    assert (known.name, known.count) == ("json.datetime-format", 15)
    assert known.fix
    assert known.trap
    assert (unknown.what, unknown.fix, unknown.count) == ("", "", 5)
    assert "no known difference" in Causes().view(UNEXPLAINED).what


def test_noise_is_shown_as_the_rule_that_would_accept_it() -> None:
    body, header = page_of("compared", noise=NOISE).noise.places
    assert (body.place, body.rate, body.at, body.header) == (
        "body /items/*/seen at",
        0.5,
        "$.items[*]['seen at']",
        None,
    )
    assert body.rule.startswith("- {at: ")
    assert (header.at, header.header) == (None, "etag")


def test_rules_say_where_they_stand_and_when_they_end() -> None:
    rules = {(one.kind, one.place): one for one in page_of("compared").rules}
    soon, over = rules[("excuse", "$.at")], rules[("excuse", "$.old")]
    assert (soon.state, soon.days_left, soon.expires) == (RuleState.EXPIRES_SOON, 5, "2027-01-20")
    assert (over.state, over.days_left) == (RuleState.EXPIRED, -5)
    inherited, tolerance = rules[("excuse", "x-request-id")], rules[("tolerance", "$.score")]
    assert (inherited.from_defaults, inherited.state) == (True, RuleState.IN_FORCE)
    assert (tolerance.from_defaults, tolerance.detail) == (False, "within 0.001")


def test_the_rules_of_the_defaults_are_the_default_routes_own() -> None:
    assert [(one.place, one.from_defaults) for one in page_of("__default__").rules] == [("x-request-id", False)]


def test_policy_says_how_clients_stay_on_a_side() -> None:
    opening, still = (LOADED.by_id(route_id) for route_id in ("opening", "still"))
    assert opening is not None
    assert still is not None
    assert policy_view(opening).sticky == "cookie:session"
    assert policy_view(opening).sample == 0.5
    assert policy_view(still).sticky is None


@pytest.mark.parametrize(
    ("route", "steps"),
    [
        ("still", [("shadow", True, True, False), ("canary", True, False, True), ("v2", True, False, True)]),
        ("compared", [("legacy", False, True, False), ("canary", True, True, True), ("v2", True, False, True)]),
        ("moved", [("legacy", False, True, False), ("shadow", False, True, False), ("canary", False, True, False)]),
    ],
)
def test_steps_up_ask_the_gate_and_steps_down_never_do(route: str, steps: list[tuple]) -> None:
    found = [(one.mode.value, one.is_up, one.is_ladder, one.needs_force) for one in page_of(route).steps]
    assert found == steps
    assert all(bool(one.gate) == (one.is_up and one.mode.value in {"canary", "v2"}) for one in page_of(route).steps)


def test_a_ready_route_needs_no_force_and_without_evidence_every_step_up_does() -> None:
    picture = a_picture(LOADED, TALLIES)
    row = next(row for row in picture.rows if row.id == "compared")
    ready = replace(picture.judged["compared"], assessment=Assessment(GateState.READY, ("enough was seen",)))
    canary = next(step for step in steps_of(row, ready, "ok") if step.mode is Mode.CANARY)
    assert (canary.needs_force, "the gate says ready" in canary.gate) == (False, True)
    blind = next(step for step in steps_of(row, ready, "the disk is full") if step.mode is Mode.CANARY)
    assert (blind.needs_force, "cannot be asked: the disk is full" in blind.gate) == (True, True)


def test_an_open_canary_may_be_opened_further() -> None:
    steps = {step.mode: step for step in page_of("opening").steps}
    assert "fewer" in steps[Mode.CANARY].sentence
    assert steps[Mode.CANARY].is_ladder


def test_a_skipped_rung_is_said() -> None:
    v2 = next(step for step in page_of("still").steps if step.mode is Mode.V2)
    assert "shadow and canary would be left out" in v2.sentence


def test_groups_are_shown_newest_sample_first() -> None:
    group = Group("compared", "s", 3, 1.0, 2.0, ("json.datetime-format",), ("body /at",), ("old", "new"))
    (shown,) = page_of("compared", groups=[group]).groups
    assert shown.samples == ("new", "old")
    assert shown.causes[0].fix
