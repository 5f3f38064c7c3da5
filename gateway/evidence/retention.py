"""What goes first when evidence is too old or too much. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

SHAPE_BYTES = 64
"""What a recorded shape takes in a store, with its index."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long evidence is kept, in seconds, and how much of it, in bytes."""

    max_age: float = 30 * 86400.0
    max_bytes: int = 512 * 1024**2


class Kept(NamedTuple):
    """A sample, as far as letting it go is concerned."""

    id: str
    route: str
    group: str | int
    time: float
    size: int


class Age(NamedTuple):
    """A stratum, as far as letting it go is concerned. `last` is when something was counted in it."""

    route: str
    epoch: str
    last: float
    shapes: int


def stale_epochs(strata: Iterable[Age], budget: int) -> list[tuple[str, str]]:
    """The (route, epoch) to let go, so that the shapes of the rest take at most `budget` bytes; the oldest first.

    A route's latest epoch stays: it is what the route is judged on. An epoch goes as a whole, tallies and all, because
    tallies without their shapes would count the same requests again if the route came back to it.
    """
    lasts: dict[tuple[str, str], float] = {}
    sizes: dict[tuple[str, str], int] = {}
    for one in strata:
        key = (one.route, one.epoch)
        lasts[key] = max(lasts.get(key, one.last), one.last)
        sizes[key] = sizes.get(key, 0) + one.shapes * SHAPE_BYTES
    latest = {route: key for key in sorted(lasts, key=lambda key: lasts[key]) for route in [key[0]]}
    over = sum(sizes.values()) - budget
    gone: list[tuple[str, str]] = []
    for key in sorted(set(lasts) - set(latest.values()), key=lambda key: lasts[key]):
        if over <= 0:
            break
        gone.append(key)
        over -= sizes[key]
    return gone


def fair_share(sizes: Mapping[str, int], budget: int) -> int:
    """The most that each may have, so that all together have at most `budget`, and who has less than that keeps it."""
    left, waiting = max(0, budget), sorted(sizes.values())
    for position, size in enumerate(waiting):
        share = left // (len(waiting) - position)
        if size > share:
            return share
        left -= size
    return max(waiting, default=0)


def superfluous(samples: Iterable[Kept], budget: int) -> list[str]:
    """The ids of the samples to let go, so that the rest takes at most `budget` bytes.

    A noisy route loses its own samples, never a quiet one's. Within a route a signature's later samples go before any
    signature's first one, and the older of two equals before the newer.
    """
    by_route: defaultdict[str, list[Kept]] = defaultdict(list)
    for sample in samples:
        by_route[sample.route].append(sample)
    sizes = {route: sum(sample.size for sample in mine) for route, mine in by_route.items()}
    share = fair_share(sizes, budget)
    gone: list[str] = []
    for route, mine in by_route.items():
        size = sizes[route]
        for sample in _expendable_first(mine):
            if size <= share:
                break
            gone.append(sample.id)
            size -= sample.size
    return gone


def _expendable_first(samples: list[Kept]) -> list[Kept]:
    rank: defaultdict[str | int, int] = defaultdict(int)
    ranked: list[tuple[int, float, Kept]] = []
    for sample in sorted(samples, key=lambda one: (one.time, one.id)):
        ranked.append((-rank[sample.group], sample.time, sample))
        rank[sample.group] += 1
    return [sample for _, _, sample in sorted(ranked, key=lambda one: one[:2])]
