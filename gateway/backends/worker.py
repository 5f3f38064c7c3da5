"""One thread of the bridge's pool, and what it runs."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

from gateway.backends.thread_clock import ThreadClock
from gateway.errors import BackendUnavailable


class Job(Protocol):
    """What a thread does, and what the pool tells it while it waits."""

    queued_at: float
    """Monotonic seconds; set by the pool."""
    abandoned_at: float | None
    """Monotonic seconds since when nobody waits for it any more."""

    def run(self) -> None:
        """Do it, on a thread. Never raises."""

    def watch(self) -> None:
        """It has begun to wait noticeably: see whether the client is still there. On the loop."""

    def refuse(self, error: BackendUnavailable) -> None:
        """It will not be run. From any thread."""


class Worker(threading.Thread):
    """One thread. `job` is what it does at the moment; `clock` is there as soon as it runs."""

    def __init__(self, take: Callable[[Worker], Job | None], number: int) -> None:
        super().__init__(name=f"legacy-{number}", daemon=True)
        self.job: Job | None = None
        self.since = 0.0
        self.clock: ThreadClock | None = None
        self._take = take
        self._parking = threading.Lock()
        self._parking.acquire()

    def run(self) -> None:
        """Take jobs until there are none for a while."""
        self.clock = ThreadClock()
        while True:
            job = self._take(self)
            if job is None:
                return
            self.since = time.monotonic()
            self.job = job
            try:
                job.run()
            except BaseException:
                # A job that breaks its promise, or a lack of memory, must not cost a thread for good.
                logging.getLogger("gateway.bridge").exception("%s: a thread failed", self.name)
            self.job = None
            # A parked thread must not keep its last request alive.
            del job

    def park(self, seconds: float) -> bool:
        """Wait to be woken; False when `seconds` went by."""
        return self._parking.acquire(timeout=seconds)

    def wake(self) -> None:
        """End its parking. Called once for each time it was taken from the parked ones."""
        self._parking.release()
