"""How threads call the event loop: one wake-up for as many replies as are ready when it comes."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import Protocol


class Wakeable(Protocol):
    """What waits on the loop."""

    def wake(self) -> None:
        """There is news. On the loop; never raises."""


class Outbox:
    """Posts replies to `loop`. A thread that answers five requests in a row wakes the loop once."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._ready: deque[Wakeable] = deque()
        self._called = False

    def post(self, reply: Wakeable) -> None:
        """Have `reply.wake()` called on the loop. From any thread; a closed loop has nobody left to wake."""
        self._ready.append(reply)
        if not self._called:
            self._called = True
            with contextlib.suppress(RuntimeError):
                self.loop.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        # First the flag, then the replies: one that is appended later calls again.
        self._called = False
        ready = self._ready
        while ready:
            ready.popleft().wake()
