"""How long a side may take to begin its answer; of a shadow, to complete it, and then to return.

`asyncio.timeout` does the same; this one can be disarmed from inside the answer's first message, and costs a timer and
nothing else, since one is set for every request.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

from gateway.errors import BackendTimeout


class Deadline:
    """Cancels the current task after `seconds`, unless disarmed; the cancellation comes out as BackendTimeout."""

    __slots__ = ("_expired", "_handle", "_seconds", "_task", "_what")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._what = "no answer began"
        self._expired = False
        self._task: asyncio.Task[object] | None = None
        self._handle: asyncio.TimerHandle | None = None

    def __enter__(self) -> Self:
        self._task = asyncio.current_task()
        self._handle = asyncio.get_running_loop().call_later(self._seconds, self._expire)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.disarm()
        if not self._expired or self._task is None:
            return
        # Somebody else's cancellation, arriving together with ours, stays a cancellation.
        if self._task.uncancel() == 0 and kind is asyncio.CancelledError:
            raise BackendTimeout(f"{self._what} within {self._seconds:g} s") from error

    def disarm(self) -> None:
        """The answer has begun; it may take as long as it likes."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def restart(self, seconds: float, what: str) -> None:
        """Expire `seconds` from now instead, since `what` did not happen."""
        self.disarm()
        if not self._expired:
            self._seconds, self._what = seconds, what
            self._handle = asyncio.get_running_loop().call_later(seconds, self._expire)

    def _expire(self) -> None:
        self._handle = None
        if self._task is not None:
            self._expired = True
            self._task.cancel()
