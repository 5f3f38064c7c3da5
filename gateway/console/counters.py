"""What the door has counted, as the console needs it: by route and side, between two looks. Pure.

Counters only grow, until a process begins again at zero; what was gained between two looks is then what there is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from gateway.evidence.history import MINUTE, TOTAL, Period, Times, added, rung
from gateway.exchange import Side
from gateway.parity.difference import Verdict
from gateway.telemetry import families
from gateway.telemetry.cells import Series

NAMES = frozenset(
    family.name for family in (families.REQUESTS, families.DURATION, families.PARITY, families.SHADOW_DROPPED)
)
"""The families that are read."""

RouteSide = tuple[str, str]
K = TypeVar("K")
Counts = Mapping[Series, tuple[float, ...]]

_AGREED = frozenset({Verdict.MATCH.value, Verdict.EQUIVALENT.value})


@dataclass(frozen=True, slots=True)
class Gain:
    """What was gained between two looks: requests and durations by route and side, and so on by route."""

    requests: Mapping[RouteSide, float] = field(default_factory=dict)
    rungs: Mapping[RouteSide, float] = field(default_factory=dict)
    """Requests by the rung that their route stood on, and side."""
    times: Mapping[RouteSide, Times] = field(default_factory=dict)
    agreed: Mapping[str, float] = field(default_factory=dict)
    differed: Mapping[str, float] = field(default_factory=dict)
    dropped: Mapping[str, float] = field(default_factory=dict)
    """Shadow requests that were not made, by route."""

    def plus(self, other: Gain) -> Gain:
        """Both, one after the other."""
        times = {key: added(self.times.get(key, ()), other.times.get(key, ())) for key in {**self.times, **other.times}}
        return Gain(
            _sum(self.requests, other.requests),
            _sum(self.rungs, other.rungs),
            times,
            _sum(self.agreed, other.agreed),
            _sum(self.differed, other.differed),
            _sum(self.dropped, other.dropped),
        )


def together(parts: Iterable[Iterable[tuple[Series, tuple[float, ...]]]]) -> Counts:
    """The counts of several processes as one."""
    found: dict[Series, tuple[float, ...]] = {}
    for part in parts:
        for series, numbers in part:
            before = found.get(series)
            found[series] = numbers if before is None else tuple(map(float.__add__, before, numbers))
    return found


def gained(before: Counts, now: Counts) -> Gain:
    """What `now` has more than `before`."""
    requests: defaultdict[RouteSide, float] = defaultdict(float)
    rungs: defaultdict[RouteSide, float] = defaultdict(float)
    times: dict[RouteSide, Times] = {}
    agreed: defaultdict[str, float] = defaultdict(float)
    differed: defaultdict[str, float] = defaultdict(float)
    dropped: defaultdict[str, float] = defaultdict(float)
    for series, numbers in now.items():
        earlier = before.get(series)
        if numbers == earlier:
            continue
        name, labels = series
        more = _more(earlier, numbers)
        if name == families.REQUESTS.name:
            route, side, mode, _ = labels
            requests[route, side] += more[0]
            rungs[mode, side] += more[0]
        elif name == families.DURATION.name:
            route, side = labels
            times[route, side] = added(times.get((route, side), ()), tuple(int(count) for count in more[:-1]))
        elif name == families.SHADOW_DROPPED.name:
            dropped[labels[0]] += more[0]
        elif labels[1] in _AGREED:
            agreed[labels[0]] += more[0]
        elif labels[1] == Verdict.MISMATCH:
            differed[labels[0]] += more[0]
    return Gain(requests, rungs, times, agreed, differed, dropped)


def periods_of(gain: Gain, start: int) -> list[Period]:
    """The minute that began at `start`: a period for each route that did something, for each rung, and for all."""
    legacy, v2 = Side.LEGACY.value, Side.V2.value
    routes = {route for route, _ in (*gain.requests, *gain.times)} | set(gain.agreed) | set(gain.differed)
    found = [
        Period(
            key=route,
            start=start,
            step=MINUTE,
            legacy=int(gain.requests.get((route, legacy), 0)),
            v2=int(gain.requests.get((route, v2), 0)),
            agreed=int(gain.agreed.get(route, 0)),
            differed=int(gain.differed.get(route, 0)),
            legacy_times=gain.times.get((route, legacy), ()),
            v2_times=gain.times.get((route, v2), ()),
        )
        for route in sorted(routes)
    ]
    whole = Period(TOTAL, start, MINUTE)
    for one in found:
        whole = whole.plus(one)
    found.append(whole)
    for mode in sorted({mode for mode, _ in gain.rungs}):
        ours, theirs = (int(gain.rungs.get((mode, side), 0)) for side in (legacy, v2))
        found.append(Period(rung(mode), start, MINUTE, ours, theirs))
    return [one for one in found if not one.is_empty]


def _sum(one: Mapping[K, float], other: Mapping[K, float]) -> dict[K, float]:
    return {key: one.get(key, 0.0) + other.get(key, 0.0) for key in {**one, **other}}


def _more(before: tuple[float, ...] | None, now: tuple[float, ...]) -> tuple[float, ...]:
    if before is None or any(later < earlier for earlier, later in zip(before, now, strict=True)):
        return now
    return tuple(later - earlier for earlier, later in zip(before, now, strict=True))
