"""The routes of a map beside their evidence: each in its epoch, tallied and judged.

A route is judged on what was seen since its last flip or change of a rule, so that is what every verb shows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from gateway.evidence.latency import together
from gateway.evidence.store import EvidenceStore, StratumTally
from gateway.mapfile.judging import judging_of
from gateway.mapfile.loaded import LoadedMap
from gateway.parity.difference import Verdict
from gateway.parity.epoch import epoch_of
from gateway.parity.gate import Assessment, GatePolicy, Latency, assess
from gateway.parity.tally import Tally, total
from gateway.routing.route import Route

P95 = 0.95


@dataclass(frozen=True, slots=True)
class Judged:
    """A route and what its evidence says. `strata` are of the current epoch; `earlier` counts mismatches of others."""

    route: Route
    epoch: str
    policy: GatePolicy
    strata: tuple[StratumTally, ...]
    assessment: Assessment
    latency: Latency | None
    earlier: int

    @property
    def whole(self) -> Tally:
        """Every stratum as one."""
        return total(stratum.tally for stratum in self.strata)

    @property
    def mismatches(self) -> int:
        """Exchanges of the current epoch that differ."""
        return self.whole.of(Verdict.MISMATCH)


def judge_all(loaded: LoadedMap, tallies: Sequence[StratumTally], *, today: date | None = None) -> dict[str, Judged]:
    """Route id -> what the tallies say of it, in the order of the map, the default route last.

    `today` decides which rules have expired; it defaults to the day in UTC.
    """
    return Judges().judge(loaded, tallies, today=today)


class Judges:
    """As `judge_all`, again and again: what has not changed since the last time is not judged anew.

    A route whose tallies are the same is the same `Judged` object. For one thread at a time.
    """

    def __init__(self) -> None:
        self._of: tuple[LoadedMap, date] | None = None
        self._bench: dict[str, tuple[Route, str, GatePolicy]] = {}
        self._known: dict[str, tuple[list[StratumTally], Judged]] = {}

    def judge(
        self, loaded: LoadedMap, tallies: Sequence[StratumTally], *, today: date | None = None
    ) -> dict[str, Judged]:
        """Route id -> what the tallies say of it, in the order of the map, the default route last."""
        self._prepare(loaded, today or datetime.now(UTC).date())
        by_route: defaultdict[str, list[StratumTally]] = defaultdict(list)
        for tally in tallies:
            by_route[tally.route].append(tally)
        judged: dict[str, Judged] = {}
        for route_id, (route, epoch, policy) in self._bench.items():
            mine = by_route[route_id]
            known = self._known.get(route_id)
            if known is None or known[0] != mine:  # equal objects are mostly the same ones, which is seen at once
                known = self._known[route_id] = (mine, _judge(route, epoch, policy, mine))
            judged[route_id] = known[1]
        return judged

    def _prepare(self, loaded: LoadedMap, today: date) -> None:
        """What a map says of its routes on a day. Another map, or another day, may be another epoch."""
        if self._of is not None and self._of[0] is loaded and self._of[1] == today:
            return
        judging = judging_of(loaded)
        bench = {
            route.id: (route, epoch_of(route, judging[route.id].rules, today), judging[route.id].gate)
            for route in (*loaded.routes, loaded.default)
        }
        same = {route_id for route_id, one in bench.items() if self._bench.get(route_id) == one}
        self._known = {route_id: known for route_id, known in self._known.items() if route_id in same}
        self._of, self._bench = (loaded, today), bench


def read_all(loaded: LoadedMap, store: EvidenceStore) -> Mapping[str, Judged]:
    """As `judge_all`, from a store."""
    return judge_all(loaded, store.tallies())


def _judge(route: Route, epoch: str, policy: GatePolicy, tallies: list[StratumTally]) -> Judged:
    strata = tuple(tally for tally in tallies if tally.epoch == epoch)
    latency = together(stratum.latency for stratum in strata).quantile(P95)
    assessment = assess(policy, {stratum.stratum: stratum.tally for stratum in strata}, latency)
    earlier = sum(tally.tally.of(Verdict.MISMATCH) for tally in tallies if tally.epoch != epoch)
    return Judged(route, epoch, policy, strata, assessment, latency, earlier)
