"""What a store of evidence can do. Memory, SQLite and PostgreSQL can; one suite of tests holds them to it.

A store is asked off every loop: its methods block. Each raises EvidenceUnavailable when the store cannot be reached,
written or read at the moment, EvidenceCorrupt when its file is damaged, and EvidenceRefused when it is not for us.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.evidence.history import Period
from gateway.evidence.latency import LatencyPairs
from gateway.evidence.record import Record
from gateway.evidence.sample import Sample
from gateway.parity.tally import Tally

SHAPES = 200_000
"""Distinct requests that are told apart in a stratum."""
SAMPLES = 20
"""Samples that are kept of a signature; the rest is counted."""
SIGNATURES = 1_000
"""Signatures that are told apart in an epoch of a route; the rest is counted as `OTHERS`."""
OTHERS = "others"
"""The signature that stands for all that are over the limit."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is told apart before it is only counted."""

    shapes: int = SHAPES
    samples: int = SAMPLES
    signatures: int = SIGNATURES


@dataclass(frozen=True, slots=True)
class StratumTally:
    """The counts of one stratum of one epoch of a route. Times are in seconds since 1970."""

    route: str
    epoch: str
    stratum: str
    tally: Tally
    latency: LatencyPairs
    unrecorded: int
    """Exchanges whose shape was new when the stratum was full: the true number of shapes is larger."""
    first: float
    last: float


@dataclass(frozen=True, slots=True)
class Group:
    """The mismatches of one signature. Times are in seconds since 1970; `samples` are ids, the oldest first."""

    route: str
    signature: str
    count: int
    first: float
    last: float
    causes: tuple[str, ...]
    locations: tuple[str, ...]
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupQuery:
    """Which groups are asked for. The defaults ask for all of them.

    `epochs` has the epoch that counts for each route; routes that are not in it have no groups then. None: the groups
    of every epoch are asked for, and those of one signature are added up.
    """

    route: str | None = None
    epochs: Mapping[str, str] | None = None
    cause: str | None = None
    """A whole name."""
    field: str | None = None
    """A pointer, an index of it as a number or `*`, and what is below it; a header's name; `status`."""
    limit: int = 100
    offset: int = 0


@dataclass(frozen=True, slots=True)
class GroupPage:
    """The groups asked for, the most frequent first; `found` groups and `mismatches` are of every page."""

    groups: tuple[Group, ...] = ()
    found: int = 0
    mismatches: int = 0


@dataclass(frozen=True, slots=True)
class CauseTally:
    """How many mismatches of an epoch of a route have exactly these causes."""

    route: str
    epoch: str
    causes: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was let go."""

    samples: int = 0
    groups: int = 0
    strata: int = 0


class EvidenceStore(Protocol):
    """Keeps what was seen."""

    def add(self, batch: Sequence[Record], /) -> None:
        """Take in a batch, whole or not at all. When it returns, the batch is committed."""

    def tallies(self, route: str | None = None, epoch: str | None = None) -> list[StratumTally]:
        """The counts, by route, epoch and stratum. What has not changed may be the object of the last time."""

    def groups(self, query: GroupQuery, /) -> GroupPage:
        """A page of mismatches by signature."""

    def group_of(self, sample_id: str, /) -> Group | None:
        """The group that a sample belongs to, of its own epoch alone."""

    def causes(self, route: str | None = None) -> list[CauseTally]:
        """What mismatches are caused by, by route and epoch."""

    def get(self, sample_id: str, /) -> Sample | None:
        """One sample in full."""

    def noise(self, route: str, /) -> str | None:
        """What was saved of a route's learned noise; None when nothing was."""

    def save_noise(self, route: str, state: str, /) -> None:
        """Keep a route's learned noise, in place of what was kept before. `state` is the caller's own text."""

    def add_history(self, periods: Sequence[Period], /) -> None:
        """Add to what is known of these periods, all or none. Empty ones are left out."""

    def history(self, keys: Sequence[str], *, since: float, step: int) -> list[Period]:
        """What `keys` did from `since` on, in periods of `step` seconds, by start and key.

        `step` is a number of whole minutes. An hour of which the minutes are not known any more is in the period that
        it begins in, so a step of less than an hour is for what is younger than `hours_until`.
        """

    def hours_until(self) -> float | None:
        """When the newest period ends of which only the hour is known; None when minutes are known of all."""

    def prune(self, *, now: float, max_age: float, max_bytes: int) -> Pruned:
        """Let go of what is older than `max_age` seconds, and of what is over `max_bytes`, fairly between routes."""

    def close(self) -> None:
        """Let go of the store. It cannot be asked afterwards."""
