"""What one thread takes of the processors: what it computed, and how long it was ready to while others were let."""

from __future__ import annotations

import contextlib
import os
import threading
import time

OWN_CLOCKS = hasattr(time, "pthread_getcpuclockid")
"""Whether the system tells what each thread computes; without it the pool grows as well, but does not shrink."""


class ThreadClock:
    """Of the thread that makes it. `lap` is for one reader, on any thread, and may come after that one has ended.

    Where threads have no clocks of their own they seem to compute nothing; `or_process` then counts the whole process.
    """

    __slots__ = ("_clock", "_computed", "_delayed", "_schedstat")

    def __init__(self, *, or_process: bool = False) -> None:
        self._clock: int | None = time.CLOCK_PROCESS_CPUTIME_ID if or_process else None
        if OWN_CLOCKS:
            self._clock = time.pthread_getcpuclockid(threading.get_ident())
        self._computed = self._delayed = 0.0
        try:
            self._schedstat = os.open(f"/proc/self/task/{threading.get_native_id()}/schedstat", os.O_RDONLY)
        except OSError:  # not Linux, or no file descriptor is left
            self._schedstat = -1

    def __del__(self) -> None:
        """Close the file: not earlier, since the reader may have it in hand."""
        if self._schedstat >= 0:
            os.close(self._schedstat)

    def lap(self) -> tuple[float, float]:
        """Seconds since the last lap: those computed, and those spent ready to compute while others were let.

        The second is Linux's count of what a thread waits in the queue of a processor, 0 elsewhere. A container that
        has used up its share of the processors waits there too, though nobody else need be computing. About 1 us.
        """
        computed, delayed = self._computed, self._delayed
        if self._clock is not None:
            try:
                self._computed = time.clock_gettime(self._clock)
            except OSError:  # the thread has ended
                self._clock = None
        if self._schedstat >= 0:
            # A thread that has ended, or a kernel that counts in another way.
            with contextlib.suppress(OSError, ValueError, IndexError):
                self._delayed = int(os.pread(self._schedstat, 64, 0).split()[1]) / 1e9
        return self._computed - computed, self._delayed - delayed
