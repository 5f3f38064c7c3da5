"""`gateway mismatches` on a real store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.parity.difference import Part
from gateway.parity.noise import NoiseBook, NoisePlace
from tests.support.evidence import Evidence, answer, beside

Run = Callable[..., Any]
HTTP_DATE = "Fri, 20 Nov 2026 18:24:00 GMT"
ISO_DATE = "2026-11-20T18:24:00"


@pytest.fixture
def evidence(project: Path) -> Evidence:
    return Evidence(project / "migration_map.yaml")


@pytest.fixture
def differing(evidence: Evidence) -> Evidence:
    """Three dates that differ on one route, one status on another, and one request on which both agree."""
    for number in range(3):
        legacy, v2 = ({"items": [{"created": date}]} for date in (HTTP_DATE, ISO_DATE))
        evidence.saw("index", answer(legacy), answer(v2), path="/", query=b"page=%d" % number)
    evidence.saw("articles", answer("<p>gone</p>", 404), answer({"detail": "Not Found"}, 404), path="/articles/x")
    evidence.saw("index", answer("<h1>"), answer("<h1>"), path="/")
    evidence.write()
    return evidence


def test_mismatches_are_grouped_by_cause_with_its_sentence_and_fix(differing: Evidence, gateway: Run):
    ran = gateway("mismatches", "index")
    assert ran.code == 1
    assert "index: 3 times, first 20" in ran.out
    assert "json.datetime-format: " in ran.out
    assert "fix: " in ran.out
    assert "at body /items/*/created" in ran.out
    assert "gateway show req-3    of req-3, req-2, req-1" in ran.out
    assert "3 mismatches in 1 group" in ran.err
    assert "articles" not in ran.out


def test_without_a_route_every_route_is_listed_the_most_frequent_first(differing: Evidence, gateway: Run):
    ran = gateway("mismatches", "--json")
    assert ran.code == 1
    document = ran.json
    assert [(group["route"], group["count"]) for group in document["groups"]] == [("index", 3), ("articles", 1)]
    assert (document["total"], document["groups_total"], document["earlier"]) == (4, 2, 0)
    first = document["groups"][0]
    assert set(first) == {"route", "signature", "count", "first", "last", "causes", "locations", "samples"}
    assert set(first["causes"][0]) == {"name", "trap", "what", "fix", "switch"}
    assert first["causes"][0]["name"] == "json.datetime-format"
    assert first["locations"] == ["body /items/*/created"]
    assert first["samples"] == ["req-1", "req-2", "req-3"]
    assert first["first"].endswith("Z")


@pytest.mark.parametrize(
    ("options", "routes"),
    [
        (["--cause", "json.datetime-format"], ["index"]),
        (["--cause", "json.datetime"], []),
        (["--field", "/items/*/created"], ["index"]),
        (["--field", "/items/7/created"], ["index"]),
        (["--field", "/items"], ["index"]),
        (["--field", "/item"], []),
        (["--field", "Content-Type"], ["articles"]),
        (["--limit", "1"], ["index"]),
    ],
    ids=" ".join,
)
def test_filters_are_exact(differing: Evidence, gateway: Run, options: list[str], routes: list[str]):
    ran = gateway("mismatches", *options, "--json")
    assert [group["route"] for group in ran.json["groups"]] == routes
    assert ran.code == (1 if routes else 0)


def test_what_is_not_shown_is_counted(differing: Evidence, gateway: Run):
    assert "1 of them are not shown" in gateway("mismatches", "--limit", "1").err


def test_nothing_that_differs_is_exit_0(evidence: Evidence, gateway: Run):
    evidence.saw_equal("index", 3)
    evidence.write()
    ran = gateway("mismatches")
    assert (ran.code, ran.out) == (0, "nothing differs\n")


def test_no_evidence_is_not_taken_for_no_mismatch(project: Path, gateway: Run):
    ran = gateway("mismatches")
    assert (ran.code, "there is no evidence at" in ran.err) == (3, True)
    ran = gateway("mismatches", env={"GATEWAY_EVIDENCE": "off"})
    assert (ran.code, "GATEWAY_EVIDENCE is off" in ran.err) == (3, True)
    assert gateway("mismatches", env={"GATEWAY_EVIDENCE": "mysql://x/y"}).code == 2


def test_reading_makes_nothing(project: Path, gateway: Run):
    gateway("mismatches")
    assert not (project / ".gateway").exists()


def test_what_was_seen_before_an_excuse_no_longer_counts_but_is_kept(differing: Evidence, gateway: Run):
    assert gateway("excuse", "index", "$.items[*].created", "--reason", "v2 is right").code == 0
    ran = gateway("mismatches", "index")
    assert (ran.code, "3 more from before" in ran.err) == (0, True)
    ran = gateway("mismatches", "index", "--all", "--json")
    assert (ran.code, ran.json["total"]) == (1, 3)


def test_learned_noise_is_listed_and_proposed_as_a_rule(differing: Evidence, project: Path, gateway: Run):
    place = NoisePlace(Part.BODY, "/token", 40, frozenset({"uuid"}))
    with beside(project / "migration_map.yaml") as store:
        store.save_noise("index", NoiseBook(80, (place,)).to_json())
    ran = gateway("mismatches", "index")
    assert "index: noise, where legacy differs from itself" in ran.out
    assert "$.token" in ran.out
    (noise,) = gateway("mismatches", "--json").json["noise"]
    assert (noise["route"], noise["location"], noise["rate"]) == ("index", "body /token", 0.5)
    assert noise["rule"] in ran.out


def test_a_route_that_the_map_lacks_is_wrong_usage(differing: Evidence, gateway: Run):
    ran = gateway("mismatches", "indx")
    assert (ran.code, "did you mean index?" in ran.err) == (2, True)


def test_what_clients_sent_does_not_move_the_cursor(evidence: Evidence, gateway: Run):
    evidence.saw("index", answer({"\x1b[2J": 1}), answer({}), path="/")
    evidence.write()
    ran = gateway("mismatches")
    assert "\x1b" not in ran.out
    assert "x1b[2J" in ran.out
