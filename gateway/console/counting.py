"""Looks at the counters now and then: the rates of the last minute, minutes for history, latencies since the start.

For one thread at a time.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping

from gateway.console.counters import NAMES, Counts, Gain, RouteSide, gained, together
from gateway.console.views.picture import Traffic
from gateway.evidence.history import Times
from gateway.telemetry.cells_reader import CellsReader

WINDOW = 60.0
"""Seconds that a rate is of, or a little more."""


class Counting:
    """`descriptors` are cells files of this process or of its workers. `clock` is monotonic."""

    def __init__(self, descriptors: Iterable[int], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._readers = [CellsReader(descriptor, NAMES) for descriptor in descriptors]
        self._clock = clock
        self._counts: Counts = {}
        self._looked = clock()
        self._looks: deque[tuple[float, float, Gain]] = deque()
        self._minute = Gain()
        self._whole = Gain()

    def look(self) -> None:
        """Take note of what was counted since the last look."""
        counts, now = together(reader.read() for reader in self._readers), self._clock()
        gain = gained(self._counts, counts)
        self._looks.append((self._looked, now, gain))
        while len(self._looks) > 1 and self._looks[1][0] <= now - WINDOW:
            self._looks.popleft()
        self._counts, self._looked = counts, now
        self._minute = self._minute.plus(gain)
        self._whole = self._whole.plus(Gain(times=gain.times))

    def traffic(self) -> Traffic:
        """The rates of the last minute or so; none before the first look, or when no time has passed."""
        seconds = self._looked - self._looks[0][0] if self._looks else 0.0
        if seconds <= 0:
            return Traffic()
        recent = Gain()
        for _, _, gain in self._looks:
            recent = recent.plus(Gain(requests=gain.requests, dropped=gain.dropped))
        rates = {key: count / seconds for key, count in recent.requests.items()}
        return Traffic(rates, seconds, recent.dropped)

    def take_minute(self) -> Gain:
        """What was gained since this was last asked."""
        gain, self._minute = self._minute, Gain()
        return gain

    @property
    def times(self) -> Mapping[RouteSide, Times]:
        """Durations of what clients were served since the start, by route and side."""
        return self._whole.times
