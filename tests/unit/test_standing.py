"""Where the routes stand, as gauges."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.evidence.latency import LatencyPairs
from gateway.evidence.store import StratumTally
from gateway.mapfile.judging import judging_of
from gateway.mapfile.load import parse_map
from gateway.parity.difference import Verdict
from gateway.parity.epoch import epoch_of
from gateway.parity.tally import Tally
from gateway.standing import Standing

LOADED = parse_map(
    b"""
version: 1
backends: {legacy: {wsgi: "a:b"}, v2: {asgi: "c:d"}}
routes:
  - {id: compared, path: /a, mode: shadow}
  - {id: quiet, path: /b, mode: shadow}
  - {id: still, path: /c}
""",
    Path("migration_map.yaml"),
)


def a_stratum(matches: int, mismatches: int, *, epoch: str | None = None) -> StratumTally:
    route = LOADED.routes[0]
    pairs = LatencyPairs()
    for _ in range(100):
        pairs.add(0.010, 0.005)
    tally = Tally({Verdict.MATCH: matches, Verdict.MISMATCH: mismatches}, matches + mismatches, mismatches)
    current = epoch_of(route, judging_of(LOADED)[route.id].rules, datetime.now(UTC).date())
    return StratumTally(route.id, epoch or current, "2xx", tally, pairs, 0, 0.0, 1.0)


def standing_of(tallies: list[StratumTally]) -> Standing:
    return Standing(lambda: LOADED, lambda: tallies)


def test_compared_routes_have_parity_a_gate_and_latencies() -> None:
    standing = standing_of([a_stratum(98, 2)])
    parity = standing.parity()
    assert parity[("compared", "observed")] == 0.98
    assert 0.9 < parity[("compared", "lower")] < 0.98
    assert standing.gate() == {("compared", "not_ready"): 1.0, ("quiet", "inconclusive"): 1.0}
    assert 0.45 < standing.latency()[("compared", "0.95")] < 0.55


def test_evidence_of_an_earlier_epoch_is_not_counted() -> None:
    standing = standing_of([a_stratum(98, 2, epoch="before the flip")])
    assert standing.parity() == {}
    assert standing.gate()[("compared", "inconclusive")] == 1.0


def test_each_call_tells_of_the_evidence_as_it_is_then() -> None:
    tallies: list[StratumTally] = []
    standing = standing_of(tallies)
    assert standing.parity() == {}
    tallies.append(a_stratum(98, 2))
    assert standing.parity()[("compared", "observed")] == 0.98
    tallies[:] = [a_stratum(99, 1)]
    assert standing.parity()[("compared", "observed")] == 0.99


def test_routes_without_new_evidence_are_not_judged_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """One scrape asks three times, and Prometheus every few seconds."""
    standing = standing_of([a_stratum(98, 2)])
    first = standing.gate()
    monkeypatch.setattr("gateway.judged.assess", None)  # nobody is judged any more
    assert standing.gate() == first
    assert standing.latency()
