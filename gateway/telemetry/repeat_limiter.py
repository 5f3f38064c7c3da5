"""Limit on log lines that say the same: the first goes through, then one in an interval, with the number left out."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

INTERVAL = 60.0
"""Seconds. What fails for every request is then a line a minute, and nobody waits longer to see that it goes on."""

KEYS = 1000
"""Keys that are remembered at once; over that all are forgotten, and what goes on is logged anew."""


@dataclass(slots=True)
class _Repeated:
    due: float
    left_out: int = 0


class RepeatLimiter:
    """Decides for each line, by its key. `interval` is in seconds of `clock`, which is monotonic. One thread's."""

    def __init__(self, *, interval: float = INTERVAL, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval = interval
        self._clock = clock
        self._known: dict[Hashable, _Repeated] = {}

    def admit(self, key: Hashable) -> int | None:
        """How many lines of `key` were left out since the last one that was logged; None to leave out this one, too."""
        now = self._clock()
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= KEYS:
                self._known.clear()
            self._known[key] = _Repeated(now + self._interval)
            return 0
        if now < known.due:
            known.left_out += 1
            return None
        left_out, known.left_out, known.due = known.left_out, 0, now + self._interval
        return left_out
