"""Where the routes stand, as gauges: parity with its bound, the gate's decision, the ratio of latencies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gateway.evidence.store import StratumTally
from gateway.judged import P95, Judged, judge_all
from gateway.mapfile.loaded import LoadedMap

Reading = dict[tuple[str, ...], float]


class Standing:
    """What the evidence says of a map's routes. Only routes that are compared, or have been, are in it."""

    def __init__(self, loaded: LoadedMap, tallies: Sequence[StratumTally]) -> None:
        self._judged: Mapping[str, Judged] = {
            route_id: one for route_id, one in judge_all(loaded, tallies).items() if one.route.shadows or one.strata
        }

    def gate(self) -> Reading:
        """(route, state) -> 1."""
        return {(route_id, one.assessment.state.value): 1.0 for route_id, one in self._judged.items()}

    def parity(self) -> Reading:
        """(route, `observed` or `lower`) -> share; nothing for a route without comparisons."""
        found: Reading = {}
        for route_id, one in self._judged.items():
            if one.whole.parity is not None:
                found[(route_id, "observed")] = one.whole.parity
            if one.assessment.lower_bound is not None:
                found[(route_id, "lower")] = one.assessment.lower_bound
        return found

    def latency(self) -> Reading:
        """(route, quantile) -> v2's seconds over legacy's."""
        return {
            (route_id, str(P95)): one.latency.v2 / one.latency.legacy
            for route_id, one in self._judged.items()
            if one.latency is not None and one.latency.legacy
        }
