"""Counts of what was compared, for one route, one epoch and one stratum: what the gate judges.

An epoch is a route between two changes of what is compared: a flip or a new rule begins another. A stratum is legacy's
status class, because a bot's thousand equal 404s say nothing about the 200s.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gateway.parity.difference import Verdict


@dataclass(frozen=True, slots=True)
class Tally:
    """What was seen of one stratum.

    `counts` are exchanges by verdict. `shapes` are distinct requests whose answers say something about the route
    (`Comparison.speaks`: match, equivalent, mismatch, and excused where the rest was compared), and `differing` those
    of them that ever differed: a request that comes a thousand times counts once.
    """

    counts: Mapping[Verdict, int] = field(default_factory=dict)
    shapes: int = 0
    differing: int = 0

    def of(self, *verdicts: Verdict) -> int:
        """How many exchanges had one of these verdicts."""
        return sum(self.counts.get(verdict, 0) for verdict in verdicts)

    @property
    def compared(self) -> int:
        """Exchanges that enter parity."""
        return self.of(Verdict.MATCH, Verdict.EQUIVALENT, Verdict.MISMATCH)

    @property
    def parity(self) -> float | None:
        """(match + equivalent) / compared; None before anything was compared."""
        return None if not self.compared else 1 - self.of(Verdict.MISMATCH) / self.compared


def total(tallies: Iterable[Tally]) -> Tally:
    """Several strata as one."""
    counts: dict[Verdict, int] = {}
    shapes = differing = 0
    for tally in tallies:
        for verdict, number in tally.counts.items():
            counts[verdict] = counts.get(verdict, 0) + number
        shapes += tally.shapes
        differing += tally.differing
    return Tally(counts, shapes, differing)
