"""What every route did, minute by minute and, later, hour by hour: the numbers behind charts. Pure.

minutes    for two days, or for as long as there is room for them
hours      for as long as evidence is kept, or for as long as there is room
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import zip_longest

BOUNDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Upper bounds in seconds of the buckets that durations are counted in; the last bucket has none."""
BUCKETS = len(BOUNDS) + 1
MINUTE = 60
HOUR = 3600
MINUTES_KEPT = 2 * 86_400
"""Seconds for which minutes are kept, where there is room."""

ROW_BYTES = 100
"""What a period takes in a store, with its index."""
SHARE = 4
"""History takes at most one part in so many of what evidence may take, half of that for minutes."""

RUNG = "*"
"""Before a mode, it is the key of all routes on that rung: no route's id begins so."""

TOTAL = RUNG
"""The key of everything together."""

Times = tuple[int, ...]
"""How many durations were in each bucket."""


@dataclass(frozen=True, slots=True)
class Period:
    """What one route, or all routes on a rung, did from `start` (seconds since 1970) for `step` seconds.

    `legacy` and `v2` are requests that the side answered to clients, `agreed` and `differed` compared exchanges.
    """

    key: str
    start: int
    step: int
    legacy: int = 0
    v2: int = 0
    agreed: int = 0
    differed: int = 0
    legacy_times: Times = ()
    v2_times: Times = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened."""
        return not (self.legacy or self.v2 or self.agreed or self.differed)

    def plus(self, other: Period) -> Period:
        """Both as one; key, start and step are this one's."""
        return Period(
            self.key,
            self.start,
            self.step,
            self.legacy + other.legacy,
            self.v2 + other.v2,
            self.agreed + other.agreed,
            self.differed + other.differed,
            added(self.legacy_times, other.legacy_times),
            added(self.v2_times, other.v2_times),
        )


def rung(mode: str) -> str:
    """The key of all routes on a rung."""
    return f"{RUNG}{mode}"


def added(one: Times, other: Times) -> Times:
    """Counts of both."""
    return tuple(left + right for left, right in zip_longest(one, other, fillvalue=0))


def coarsened(periods: Iterable[Period], step: int) -> list[Period]:
    """The same in periods of `step` seconds, by start and key."""
    found: dict[tuple[int, str], Period] = {}
    for one in periods:
        start = one.start - one.start % step
        begun = found.get((start, one.key)) or Period(one.key, start, step)
        found[(start, one.key)] = begun.plus(one)
    return [found[key] for key in sorted(found)]


def quantile(times: Times, share: float) -> float | None:
    """The duration in seconds that `share` of the counted ones do not exceed; None when there are none.

    Between a bucket's bounds it is interpolated, so it is as exact as the buckets are narrow. What is in the last
    bucket is at least its lower bound, and nothing more is known.
    """
    total = sum(times)
    if not total:
        return None
    rank, passed = max(1, math.ceil(share * total)), 0
    for bucket, count in enumerate(times):
        if count and passed + count >= rank:
            low = BOUNDS[bucket - 1] if bucket else 0.0
            high = BOUNDS[bucket] if bucket < len(BOUNDS) else low
            return low + (high - low) * (rank - passed) / count
        passed += count
    return None


@dataclass(frozen=True, slots=True)
class Room:
    """How many periods may be kept."""

    minutes: int
    hours: int


def room_in(max_bytes: int) -> Room:
    """What history may take of a store that may take `max_bytes`."""
    rows = max_bytes // SHARE // ROW_BYTES
    return Room(rows // 2, rows - rows // 2)


def fold_before(now: float, nth_newest: int | None) -> int:
    """From when on minutes stay minutes, a full hour in seconds since 1970.

    `nth_newest` is the start of the newest minute that there is no room for, None when there is room for all. The
    hour that goes on is never folded: its minutes would have to be added to it one by one.
    """
    current = int(now) - int(now) % HOUR
    cutoff = int(now) - MINUTES_KEPT
    cutoff -= cutoff % HOUR
    if nth_newest is not None:
        cutoff = max(cutoff, nth_newest - nth_newest % HOUR + HOUR)
    return min(cutoff, current)


def by_key(periods: Iterable[Period]) -> Mapping[str, list[Period]]:
    """Each key's periods, in the order given."""
    found: dict[str, list[Period]] = {}
    for one in periods:
        found.setdefault(one.key, []).append(one)
    return found
