"""The first page: how far the migration is, and everything that needs a person, each with a sentence and a link."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.console.views.attention import Concern, Urgency
from gateway.console.views.chart import TOTAL_KEYS, span_of, total_charts
from gateway.console.views.concerns import MOST, route_link
from gateway.console.views.operated import Worker
from gateway.console.views.overview import Overview, overview
from gateway.console.views.picture import Picture, Refusal, Spike, Traffic, differs
from gateway.routing.mode import Mode
from tests.support.picture import MAP, NOW, a_picture, a_stratum, loaded_map

LOADED = loaded_map()
CHARTS = total_charts([], span_of(NOW, 1.0, None), NOW)


def shown(picture: Picture) -> Overview:
    return overview(picture, CHARTS)


def concerns(picture: Picture) -> dict[Concern, str]:
    return {one.concern: one.sentence for one in shown(picture).attention}


def test_rungs_share_the_routes_and_the_traffic_and_the_default_stands_beside_them() -> None:
    rates = {("still", "legacy"): 6.0, ("moved", "v2"): 2.0, ("__default__", "legacy"): 2.0}
    page = shown(a_picture(LOADED, rates=rates))
    assert [rung.mode for rung in page.rungs] == list(Mode)
    assert [rung.routes for rung in page.rungs] == [1, 1, 1, 1]
    assert [rung.traffic_share for rung in page.rungs] == pytest.approx([0.6, 0.0, 0.0, 0.2])
    assert (page.default_rate, page.default_mode) == (2.0, Mode.LEGACY)
    assert (page.legacy_rate, page.v2_rate, page.v2_share) == (8.0, 2.0, pytest.approx(0.2))
    assert (page.routes, page.migrated) == (4, 0.25)


def test_what_is_not_known_is_none_and_no_traffic_has_no_shares() -> None:
    unknown, idle = shown(a_picture(LOADED)), shown(a_picture(LOADED, rates={}))
    assert (unknown.legacy_rate, unknown.v2_share, unknown.rungs[0].rate) == (None, None, None)
    assert (idle.legacy_rate, idle.v2_share, idle.rungs[0].traffic_share) == (0.0, None, None)


def test_gates_and_mismatches_are_counted() -> None:
    page = shown(a_picture(LOADED, [a_stratum(LOADED, "compared", 10, 10)]))
    assert (page.gates.not_ready, page.gates.inconclusive, page.gates.ready) == (1, 1, 0)
    assert page.mismatches == 10


def test_a_calm_gateway_needs_nobody() -> None:
    assert (
        shown(
            a_picture(loaded_map(MAP.replace("2027-01-20", "2028-01-01").replace("2027-01-10", "2028-01-01")))
        ).attention
        == ()
    )


def test_rules_that_expire_are_told_from_those_that_did() -> None:
    found = concerns(a_picture(LOADED))
    assert set(found) == {Concern.RULE_EXPIRED, Concern.RULE_EXPIRES}
    assert "long ago" in found[Concern.RULE_EXPIRED]
    assert "in 5 days" in found[Concern.RULE_EXPIRES]


@pytest.mark.parametrize(
    ("parts", "concern", "words"),
    [
        ({"force": "legacy", "checks": {"force": "everything is sent to legacy by ada"}}, Concern.FORCED, "by ada"),
        ({"force": "v2"}, Concern.FORCED, "sent to v2"),
        ({"checks": {"workers": "1 of 2 are ready"}}, Concern.WORKERS_MISSING, "1 of 2"),
        ({"workers": (Worker(1, "another", ready=True),)}, Concern.NOT_CONVERGED, "same map"),
        ({"checks": {"v2": "no module named x"}}, Concern.SIDE_DOWN, "no module named x"),
        ({"checks": {"legacy": "all threads are stuck"}}, Concern.SIDE_DOWN, "legacy cannot be asked"),
        ({"checks": {"draining": "the process is shutting down"}}, Concern.NOT_READY, "shutting down"),
        ({"checks": {"something": "is wrong"}}, Concern.NOT_READY, "something: is wrong"),
        ({"refused": Refusal("line 3: no such mode", 4)}, Concern.MAP_REFUSED, "line 3: no such mode (4 problems)"),
        ({"breakers": ("compared",)}, Concern.BREAKER_OPEN, "compared: v2 failed too often"),
        ({"spikes": (Spike("compared", 8, 100, 10, 0.001),)}, Concern.MISMATCH_SPIKE, "8 of 100"),
        ({"evidence": "the disk is full"}, Concern.EVIDENCE_TROUBLE, "the disk is full"),
        (
            {"workers": (Worker(1, LOADED.revision, ready=True, evidence="locked; 3 were dropped"),)},
            Concern.EVIDENCE_TROUBLE,
            "3 were dropped",
        ),
        ({"dropped": {"compared": 12.0, "opening": 3.0}}, Concern.SHADOW_DROPPED, "15 shadow requests"),
    ],
)
def test_each_trouble_is_a_sentence_with_a_link(parts: dict, concern: Concern, words: str) -> None:
    page = shown(a_picture(LOADED, **parts))
    (found,) = [one for one in page.attention if one.concern is concern]
    assert words in found.sentence
    assert found.link.startswith("/")


def test_the_same_trouble_with_evidence_is_said_once() -> None:
    worker = Worker(1, LOADED.revision, ready=True, evidence="is it running?; 3 records wait")
    page = shown(a_picture(LOADED, evidence="is it running?", workers=(worker,)))
    (found,) = [one for one in page.attention if one.concern is Concern.EVIDENCE_TROUBLE]
    assert found.sentence.startswith("Evidence: is it running?; 3 records wait. Until then")
    alone = shown(a_picture(LOADED, evidence="is it running?"))
    (found,) = [one for one in alone.attention if one.concern is Concern.EVIDENCE_TROUBLE]
    assert found.sentence.startswith("Evidence: is it running? Until then")


def test_a_route_that_clients_get_v2_on_against_the_gate_is_named() -> None:
    picture = a_picture(LOADED, [a_stratum(LOADED, "opening", 10, 10)])
    (found,) = [one for one in shown(picture).attention if one.concern is Concern.REGRESSED]
    assert (found.route, found.link, found.urgency) == ("opening", "/routes/opening", Urgency.NOW)


def test_a_route_that_clients_get_v2_on_and_that_differs_a_little_is_named_too() -> None:
    """Two in ten thousand are less than the gate minds, and are still seen by clients."""
    patient = loaded_map(MAP.replace("defaults:\n", "defaults:\n  gate: {latency: 9}\n"))
    picture = a_picture(patient, [a_stratum(patient, "opening", 9_998, 2)])
    (found,) = [one for one in shown(picture).attention if one.concern is Concern.CLIENTS_DIFFER]
    assert (found.link, found.urgency) == ("/mismatches?route=opening", Urgency.SOON)
    assert "opening is in canary" in found.sentence
    assert "2 of 10,000 compared" in found.sentence


def test_the_urgent_comes_first() -> None:
    differing = [a_stratum(LOADED, "compared", 5, 5)]
    page = shown(a_picture(LOADED, differing, force="legacy", breakers=("compared",), dropped={"still": 1.0}))
    urgencies = [one.urgency for one in page.attention]
    assert urgencies == sorted(urgencies, key=list(Urgency).index)
    assert set(urgencies) == set(Urgency)
    assert page.attention[0].concern is Concern.FORCED
    assert page.attention[-1].concern is Concern.SHADOW_NOT_READY


def test_many_of_a_kind_are_cut_and_counted() -> None:
    page = shown(a_picture(LOADED, breakers=tuple(f"r{number}" for number in range(MOST + 30))))
    found = [one for one in page.attention if one.concern is Concern.BREAKER_OPEN]
    assert len(found) == MOST + 1
    assert found[-1].sentence.startswith("30 more")


def test_ids_in_links_are_encoded() -> None:
    assert route_link("a/b?c d") == "/routes/a%2Fb%3Fc%20d"


def test_a_picture_differs_when_a_page_would_and_not_by_its_age() -> None:
    picture = a_picture(LOADED, rates={})
    assert differs(None, picture)
    assert not differs(picture, replace(picture, at=NOW + 9, version=9, traffic=Traffic({}, 62.0)))
    assert differs(picture, replace(picture, force="legacy"))
    assert differs(picture, a_picture(LOADED, [a_stratum(LOADED, "compared", 1, 0)], rates={}))


def test_a_chart_of_everything_has_a_line_for_each_rung() -> None:
    assert [series.name for series in CHARTS.rungs.series] == [mode.value for mode in Mode]
    assert len(TOTAL_KEYS) == 1 + len(Mode)
