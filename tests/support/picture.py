"""A picture of a small migration, for the views that are made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gateway.console.views.cause import CauseCount
from gateway.console.views.operated import Worker
from gateway.console.views.picture import Picture, Traffic
from gateway.console.views.row import paired_latency, row_of
from gateway.evidence.latency import LatencyPairs
from gateway.evidence.store import StratumTally
from gateway.judged import judge_all
from gateway.mapfile.judging import judging_of
from gateway.mapfile.load import parse_map
from gateway.mapfile.loaded import LoadedMap
from gateway.parity.difference import Verdict
from gateway.parity.tally import Tally

NOW = 1_800_000_000.0  # 2027-01-15 08:00 UTC
MAP = """\
version: 1
backends: {legacy: {wsgi: "a:b"}, v2: {asgi: "c:d"}}
defaults:
  compare: {excuse: [{header: x-request-id, reason: "of one request", expires: 2030-01-01}]}
routes:
  - {id: still, path: /still}
  - id: compared
    path: /compared/<int:id>
    methods: [GET, POST]
    mode: shadow
    compare:
      excuse:
        - {at: "$.at", reason: clock, expires: 2027-01-20}
        - {at: "$.old", reason: long ago, expires: 2027-01-10}
      tolerance: [{at: "$.score", within: 0.001, reason: rounding, expires: 2029-01-01}]
  - {id: opening, path: /opening, mode: canary, canary: {percent: 5, sticky: "cookie:session"}, shadow: {sample: 50%}}
  - {id: moved, path: /moved, mode: v2}
"""


def loaded_map(text: str = MAP) -> LoadedMap:
    return parse_map(text.encode(), Path("/srv/migration_map.yaml"))


def a_stratum(
    loaded: LoadedMap, route: str, matches: int, mismatches: int, *, stratum: str = "2xx", earlier: bool = False
) -> StratumTally:
    """So many distinct requests that agree, and so many that differ; 10 ms against 20 ms."""
    pairs = LatencyPairs()
    for _ in range(matches):
        pairs.add(0.010, 0.020)
    epoch = "before" if earlier else judge_all(loaded, [])[route].epoch
    tally = Tally({Verdict.MATCH: matches, Verdict.MISMATCH: mismatches}, matches + mismatches, mismatches)
    return StratumTally(route, epoch, stratum, tally, pairs, 0, NOW - 3600, NOW - 60)


def a_picture(
    loaded: LoadedMap | None = None,
    tallies: Sequence[StratumTally] = (),
    *,
    causes: Mapping[str, tuple[CauseCount, ...]] | None = None,
    rates: Mapping[tuple[str, str], float] | None = None,
    dropped: Mapping[str, float] | None = None,
    evidence: str = "ok",
    **parts: Any,
) -> Picture:
    loaded = loaded or loaded_map()
    judged, causes = judge_all(loaded, tallies), causes or {}
    rows = tuple(
        row_of(
            one,
            rates=rates,
            latency=paired_latency(one),
            causes=causes.get(route_id, ()),
            evidence=evidence,
            is_default=route_id == loaded.default.id,
        )
        for route_id, one in judged.items()
    )
    others: dict[str, Any] = {
        "spikes": (),
        "breakers": (),
        "workers": (Worker(1, loaded.revision, ready=True),),
        "ready": True,
        "checks": {"map": "ok", "legacy": "ok", "v2": "ok"},
        "force": None,
        "refused": None,
        "flips": (),
    }
    return Picture(
        at=NOW,
        version=7,
        loaded=loaded,
        judging=judging_of(loaded),
        judged=judged,
        rows=rows,
        causes=causes,
        traffic=Traffic(rates, 60.0, dropped or {}),
        evidence=evidence,
        **{**others, **parts},
    )
