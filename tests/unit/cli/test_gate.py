"""`gateway gate` on a real store: the decision, its reasons, its exit codes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.evidence import Evidence, answer

Run = Callable[..., Any]


@pytest.fixture
def evidence(project: Path) -> Evidence:
    """Of a map whose gate wants 99 %, which a few hundred requests can show."""
    path = project / "migration_map.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("  mode: legacy\nroutes", "  mode: legacy\n  gate: {parity: 99%}\nroutes"), "utf-8")
    return Evidence(path)


def test_enough_distinct_requests_that_agree_are_ready(evidence: Evidence, gateway: Run):
    evidence.saw_equal("index", 400)
    evidence.write()
    ran = gateway("gate", "index")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("index: ready\n  0 of 400 distinct 2xx requests differ, which shows 99 % at 95 %")
    assert "parity 100 %, at least 99.04 % (Wilson, 95 %); wanted 99 %" in ran.out
    assert "p95: legacy 10." in ran.out
    assert "1.00 times; 1.2 times is allowed" in ran.out
    assert "2xx" in ran.out


def test_one_request_a_thousand_times_is_one(evidence: Evidence, gateway: Run):
    """Case: a bot must not make a route ready."""
    same = answer({"id": 1})
    for _ in range(1000):
        evidence.saw("index", same, same, path="/")
    evidence.write()
    ran = gateway("gate", "index", "--json")
    (route,) = ran.json["routes"]
    assert (ran.code, route["state"], ran.json["ready"]) == (1, "inconclusive", False)
    assert (route["strata"][0]["compared"], route["strata"][0]["shapes"]) == (1000, 1)
    assert "1 distinct 2xx requests, " in route["reasons"][0]


def test_differences_are_not_ready_and_named(evidence: Evidence, gateway: Run):
    evidence.saw_equal("index", 90)
    for number in range(10):
        evidence.saw("index", answer({"a": 1}), answer({"a": 2}), path=f"/x{number}")
    evidence.write()
    ran = gateway("gate", "index")
    assert ran.code == 1
    assert "index: not_ready" in ran.out
    assert "10 of 100 distinct 2xx requests differ: parity 90 %, 99 % wanted" in ran.out


def test_a_slow_v2_is_not_ready(evidence: Evidence, gateway: Run):
    for number in range(400):
        evidence.saw("index", answer({}), answer({}), path=f"/{number}", elapsed=(0.010, 0.030))
    evidence.write()
    ran = gateway("gate", "index", "--json")
    (route,) = ran.json["routes"]
    assert (ran.code, route["state"]) == (1, "not_ready")
    assert "times legacy's" in route["reasons"][0]
    assert route["latency"]["v2"] / route["latency"]["legacy"] == pytest.approx(3, rel=0.06)
    assert route["latency"]["pairs"] == 400


def test_all_routes_are_ready_only_when_each_is(evidence: Evidence, gateway: Run):
    evidence.saw_equal("index", 400)
    evidence.write()
    ran = gateway("gate")
    assert ran.code == 1
    lines = {line.split()[0]: line for line in ran.out.splitlines()}
    assert set(lines) == {"ROUTE", "index", "articles", "employees.get", "employees.create"}
    assert " ready " in lines["index"]
    assert " inconclusive " in lines["articles"]
    assert "1 of 4 ready" in ran.err
    for route in ("articles", "employees.get", "employees.create"):
        evidence.saw_equal(route, 400)
    evidence.write()
    ran = gateway("gate", "--json")
    assert (ran.code, ran.json["ready"]) == (0, True)


def test_json_has_the_numbers_behind_the_decision(evidence: Evidence, gateway: Run):
    evidence.saw_equal("index", 5)
    evidence.saw("index", answer({}, 404), answer({}, 404), path="/nothing")
    evidence.write()
    document = gateway("gate", "index", "--json").json
    assert set(document) == {"path", "revision", "ready", "routes"}
    (route,) = document["routes"]
    assert set(route) == {
        "id", "mode", "state", "reasons", "parity", "lower_bound", "epoch", "policy", "latency", "strata"
    }  # fmt: skip
    assert route["policy"] == {"parity": 0.99, "confidence": 0.95, "latency": 1.2}
    assert [stratum["stratum"] for stratum in route["strata"]] == ["2xx", "4xx"]
    two = route["strata"][0]
    assert two["verdicts"] == {"match": 5}
    assert (two["compared"], two["shapes"], two["differing"], two["unrecorded"]) == (5, 5, 0, 0)
    assert two["parity"] == 1.0
    assert 0.4 < two["lower_bound"] < 0.6


def test_a_flip_begins_new_evidence(evidence: Evidence, gateway: Run):
    evidence.saw_equal("index", 400)
    evidence.write()
    assert gateway("gate", "index").code == 0
    gateway("flip", "index", "canary", "--percent", "5", "--no-wait")
    ran = gateway("gate", "index")
    assert (ran.code, "index: inconclusive\n  0 distinct" in ran.out) == (1, True)
    gateway("flip", "index", "shadow", "--no-wait")
    assert gateway("gate", "index").code == 0


def test_a_route_that_is_not_compared_says_what_begins_it(evidence: Evidence, gateway: Run):
    evidence.saw_equal("index", 1)
    evidence.write()
    ran = gateway("gate", "employees.get")
    assert ran.code == 1
    assert "in mode legacy nothing is compared; `gateway flip employees.get shadow` begins" in ran.out


def test_what_is_beside_parity_is_shown(evidence: Evidence, gateway: Run):
    evidence.saw("index", answer({}, 500), answer({}, 500), path="/")
    evidence.write()
    ran = gateway("gate", "index")
    assert ran.code == 1
    assert "both sides failed in 1 of 1 exchanges" in ran.out
    assert "both_error 1" in ran.out
    assert "parity -, at least -" in ran.out


@pytest.mark.parametrize(("body", "shapes"), [({"a": 1}, 0), ({"a": 1, "b": 1}, 1)])
def test_what_is_excused_is_evidence_by_what_else_was_compared(
    evidence: Evidence, gateway: Run, body: dict[str, int], shapes: int
):
    gateway("excuse", "index", "$.a", "--reason", "both are right")
    evidence.load()
    evidence.saw("index", answer(body), answer({**body, "a": 2}), path="/")
    evidence.write()
    ran = gateway("gate", "index")
    assert (ran.code, "index: inconclusive" in ran.out) == (1, True)
    assert f"{shapes} distinct 2xx requests, 341 needed" in ran.out
    assert ("none of 1 2xx exchanges is evidence" in ran.out) is (shapes == 0)
    assert "1 exchanges differ in excused places only; they do not enter parity" in ran.out


def test_no_evidence_and_an_unknown_route_have_codes_of_their_own(project: Path, gateway: Run):
    assert gateway("gate").code == 3
    assert gateway("gate", "index", env={"GATEWAY_EVIDENCE": "off"}).code == 3
    assert gateway("gate", "nosuchroute").code == 2
