"""What the main thread waits for: signals, and the ends of threads and workers, in one queue."""

from __future__ import annotations

import contextlib
import signal
import socket
import time
import weakref
from collections import deque
from types import FrameType
from typing import NamedTuple, Self

STOP = (signal.SIGTERM, signal.SIGINT)


class Signalled(NamedTuple):
    """A signal came."""

    number: signal.Signals


class Ended(NamedTuple):
    """A thread or worker is over. `who` is what it was called."""

    who: object
    error: BaseException | None = None


class Inbox:
    """A queue that signals are put into while it is entered. Main thread only; others may `put`.

    The system may hand a signal to any thread. Python then only marks it, and runs the handler when the main thread
    goes on: one that sleeps in a lock does not. So it sleeps on a socket that the marking itself writes to.
    """

    def __init__(self) -> None:
        self._items: deque[Signalled | Ended] = deque()
        self._before: dict[signal.Signals, object] = {}
        self._bell, self._ringer = socket.socketpair()
        self._ringer.setblocking(False)  # noqa: FBT003 - the standard library's signature
        self._rung_before = -1
        weakref.finalize(self, _close, self._bell, self._ringer)

    def __enter__(self) -> Self:
        self._rung_before = signal.set_wakeup_fd(self._ringer.fileno(), warn_on_full_buffer=False)
        for number in (*STOP, signal.SIGHUP):
            self._before[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type] # what signal.signal returned
        signal.set_wakeup_fd(self._rung_before)

    def put(self, item: Signalled | Ended) -> None:
        """Leave an item, from any thread."""
        self._items.append(item)
        with contextlib.suppress(BlockingIOError):  # it is full of rings already
            self._ringer.send(b"\0")

    def get(self, seconds: float | None = None) -> Signalled | Ended | None:
        """The next item; None when nothing came within `seconds`."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while not self._items:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                return None
            self._bell.settimeout(left)
            with contextlib.suppress(TimeoutError):
                self._bell.recv(4096)
        return self._items.popleft()

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._items.append(Signalled(signal.Signals(number)))


def _close(*ends: socket.socket) -> None:
    for end in ends:
        end.close()
