"""One compared exchange as it goes to the store: what counts, and sometimes a sample."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.evidence.sample import Sample
from gateway.parity.difference import Comparison, Verdict

LOCATIONS = 50
"""The most locations that one signature is shown with."""

_WITHOUT_SAMPLE = 400


@dataclass(frozen=True, slots=True)
class Record:
    """One compared exchange.

    `time` is in seconds since 1970. `epoch` names what was compared, `shape` what was asked (`gateway.parity.epoch`).
    The elapsed times are in seconds, None for a side that gave no answer. `signature`, `causes` and `locations`
    (`body /items/*/created`, `header location`, `status`) are of a mismatch, empty otherwise. The sample is there for
    the first few of a signature.
    """

    time: float
    route: str
    epoch: str
    stratum: str
    verdict: Verdict
    shape: str
    legacy_elapsed: float | None = None
    v2_elapsed: float | None = None
    signature: str = ""
    causes: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    sample: Sample | None = None

    @property
    def size(self) -> int:
        """About how many bytes it takes while it waits."""
        return _WITHOUT_SAMPLE + (self.sample.size if self.sample is not None else 0)


def causes_of(comparison: Comparison) -> tuple[str, ...]:
    """The distinct causes of what is not excused, sorted."""
    return tuple(sorted({one.cause for one in comparison.unexcused}))


def locations_of(comparison: Comparison) -> tuple[str, ...]:
    """The distinct places of what is not excused, indexes as `*`, sorted. Not redacted."""
    return tuple(sorted({f"{one.part} {one.wildcard}".strip() for one in comparison.unexcused}))[:LOCATIONS]
