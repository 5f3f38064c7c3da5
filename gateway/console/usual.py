"""How much a route usually differs, so that a spike is told from a route that has always differed. Pure.

What is usual fades: a day ago counts for a sixteenth. It is learned since the gateway started, so nothing is a spike
before `LEAST_USUAL` exchanges of a route were compared.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from gateway.console.views.picture import Spike

MINUTES = 10
"""Minutes that a spike is looked for in."""
HALF_LIFE = 6 * 60
"""Minutes after which what is usual counts half."""
LEAST_USUAL = 50
LEAST_MISMATCHES = 5
TIMES = 3.0
"""A spike is this many times the usual share, and `MARGIN` above it."""
MARGIN = 0.01

Minute = tuple[Mapping[str, float], Mapping[str, float]]


class Usual:
    """Told of every minute."""

    def __init__(self) -> None:
        self._recent: deque[Minute] = deque()
        self._agreed: dict[str, float] = {}
        self._differed: dict[str, float] = {}

    def minute(self, agreed: Mapping[str, float], differed: Mapping[str, float]) -> None:
        """What was compared in a minute, by route."""
        self._recent.append((dict(agreed), dict(differed)))
        if len(self._recent) <= MINUTES:
            return
        old_agreed, old_differed = self._recent.popleft()
        self._agreed = _faded(self._agreed, old_agreed)
        self._differed = _faded(self._differed, old_differed)

    def spikes(self) -> tuple[Spike, ...]:
        """The routes that differ much more often than they used to."""
        agreed, differed = (_added_up(minute[part] for minute in self._recent) for part in (0, 1))
        found = (self._spike(route, agreed.get(route, 0.0), number) for route, number in differed.items())
        return tuple(spike for spike in found if spike is not None)

    def _spike(self, route: str, agreed: float, differed: float) -> Spike | None:
        before = self._agreed.get(route, 0.0) + self._differed.get(route, 0.0)
        if differed < LEAST_MISMATCHES or before < LEAST_USUAL:
            return None
        usual = self._differed.get(route, 0.0) / before
        spike = Spike(route, int(differed), int(agreed + differed), len(self._recent), usual)
        return spike if spike.share > max(TIMES * usual, usual + MARGIN) else None


def _faded(known: Mapping[str, float], more: Mapping[str, float]) -> dict[str, float]:
    """What is known, a minute older, and what came; what is next to nothing is forgotten."""
    keep = 0.5 ** (1 / HALF_LIFE)
    found = {route: number * keep for route, number in known.items() if number * keep > MARGIN}
    for route, number in more.items():
        found[route] = found.get(route, 0.0) + number
    return found


def _added_up(minutes: Iterable[Mapping[str, float]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for minute in minutes:
        for route, number in minute.items():
            found[route] = found.get(route, 0.0) + number
    return found
