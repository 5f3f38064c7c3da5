"""What the main thread waits for: signals, and the ends of threads and workers, in one queue."""

from __future__ import annotations

import queue
import signal
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
    """A queue that signals are put into while it is entered. Main thread only; others may `put`."""

    def __init__(self) -> None:
        self._items: queue.SimpleQueue[Signalled | Ended] = queue.SimpleQueue()
        self._before: dict[signal.Signals, object] = {}

    def __enter__(self) -> Self:
        for number in (*STOP, signal.SIGHUP):
            self._before[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type] # what signal.signal returned

    def put(self, item: Signalled | Ended) -> None:
        """Leave an item, from any thread."""
        self._items.put(item)

    def get(self, seconds: float | None = None) -> Signalled | Ended | None:
        """The next item; None when nothing came within `seconds`."""
        try:
            return self._items.get(timeout=seconds)
        except queue.Empty:
            return None

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._items.put(Signalled(signal.Signals(number)))  # SimpleQueue.put is reentrant, by its documentation
