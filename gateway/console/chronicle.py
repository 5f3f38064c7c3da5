"""Writes history, minute by minute. What cannot be written waits, within bounds. For one thread at a time."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from gateway.console.counters import periods_of
from gateway.console.counting import Counting
from gateway.console.evidence_source import EvidenceSource
from gateway.console.usual import Usual
from gateway.errors import EvidenceError
from gateway.evidence.history import MINUTE, Period
from gateway.evidence.opening import Notice
from gateway.evidence.retention import Retention

UNWRITTEN = 100_000
"""Periods that wait for a store that cannot be written; the oldest go."""
PRUNE_MINUTES = 10
MEMORY_BYTES = 20 * 1024**2
"""What history may take when it is in memory only."""


class Chronicle:
    """`write` it whenever `until_due` says so. `usual` is told of every minute; `clock` is seconds since 1970."""

    def __init__(
        self,
        counting: Counting,
        usual: Usual,
        source: EvidenceSource,
        *,
        retention: Retention,
        failed: Notice,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._counting = counting
        self._usual = usual
        self._source = source
        self._retention = Retention(retention.max_age, MEMORY_BYTES) if source.is_off else retention
        self._failed = failed
        self._clock = clock
        self._unwritten: deque[Period] = deque(maxlen=UNWRITTEN)
        self._minute = self._now()
        self._minutes = 0
        self._trouble = ""

    def until_due(self) -> float:
        """Seconds until the minute is over."""
        return self._minute + MINUTE - self._clock()

    def write(self) -> None:
        """Take what was counted since the last time as that of the minute that is over, and write it."""
        self._count()
        self._minute = self._now()
        self._minutes += 1
        self._deliver()

    def close(self) -> None:
        """Write the minute that is not over, where there is a store already, and let go of it."""
        if self._source.is_open:
            self._count()
            self._deliver()
        self._source.close()

    def _count(self) -> None:
        try:
            self._counting.look()
        except OSError:  # the counters are gone before the console: the process ends
            return
        gain = self._counting.take_minute()
        self._usual.minute(gain.agreed, gain.differed)
        self._unwritten.extend(periods_of(gain, self._minute))

    def _deliver(self) -> None:
        prunes = self._minutes % PRUNE_MINUTES == 0
        if not self._unwritten and not (prunes and self._source.is_open):
            return
        try:
            with self._source.history(make=True) as store:
                store.add_history(list(self._unwritten))
                self._unwritten.clear()
                if prunes:
                    kept = self._retention
                    store.prune(now=self._clock(), max_age=kept.max_age, max_bytes=kept.max_bytes)
        except EvidenceError as error:
            if not self._trouble:
                self._failed("history_stopped", f"{error}; minutes wait to be written, {UNWRITTEN:,} at most")
            self._trouble = str(error)
        else:
            self._trouble = ""

    def _now(self) -> int:
        """When the minute began that goes on."""
        now = int(self._clock())
        return now - now % MINUTE
