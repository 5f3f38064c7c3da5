"""The routes of a map beside their evidence: each in its epoch, tallied and judged.

A route is judged on what was seen since its last flip or change of a rule, so that is what every verb shows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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


def judge_all(loaded: LoadedMap, tallies: Sequence[StratumTally]) -> dict[str, Judged]:
    """Route id -> what the tallies say of it, in the order of the map, the default route last. Pure."""
    by_route: defaultdict[str, list[StratumTally]] = defaultdict(list)
    for tally in tallies:
        by_route[tally.route].append(tally)
    judging = judging_of(loaded)
    judged: dict[str, Judged] = {}
    for route in (*loaded.routes, loaded.default):
        how = judging[route.id]
        epoch = epoch_of(route, how.rules)
        judged[route.id] = _judge(route, epoch, how.gate, by_route[route.id])
    return judged


def read_all(loaded: LoadedMap, store: EvidenceStore) -> Mapping[str, Judged]:
    """As `judge_all`, from a store."""
    return judge_all(loaded, store.tallies())


def _judge(route: Route, epoch: str, policy: GatePolicy, tallies: list[StratumTally]) -> Judged:
    strata = tuple(tally for tally in tallies if tally.epoch == epoch)
    latency = together(stratum.latency for stratum in strata).quantile(P95)
    assessment = assess(policy, {stratum.stratum: stratum.tally for stratum in strata}, latency)
    earlier = sum(tally.tally.of(Verdict.MISMATCH) for tally in tallies if tally.epoch != epoch)
    return Judged(route, epoch, policy, strata, assessment, latency, earlier)
