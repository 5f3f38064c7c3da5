"""An event loop on a thread of its own, which nothing that runs on it can stop.

asyncio lets SystemExit and KeyboardInterrupt of any task out of `run_forever`: one background task of the application
would end the side for good. Here the loop is entered again, and the event is logged and counted.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from logging import Logger
from typing import Any

_BEAT = 0.1
"""Seconds between two heartbeats. Short enough to show what clients feel, and too rare to cost anything."""


class LoopThread:
    """The thread and its loop. `post` and `lag` may be used from any thread, before the start too."""

    def __init__(self, name: str, log: Logger) -> None:
        self.loop = _new_loop()
        self.revivals = 0
        """How often something that ran on the loop stopped it."""
        self._log = log
        self._stopping = False
        self._due = 0.0
        self._lag = 0.0
        # A daemon: an application that blocks its loop for ever must not keep the process from ending.
        self._thread = threading.Thread(target=self._main, name=name, daemon=True)

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Start the thread; RuntimeError when the system has none left."""
        self._due = time.monotonic() + _BEAT
        self._thread.start()
        self.post(self._beat)

    def post(self, callback: Callable[..., object], *args: Any) -> None:
        """Run `callback(*args)` on the loop soon. Does nothing once the loop is closed."""
        try:
            self.loop.call_soon_threadsafe(callback, *args)
        except RuntimeError:
            if not self.loop.is_closed():
                raise

    def lag(self) -> float:
        """Seconds that the loop is behind: of its last heartbeat, or of the one that is overdue if that is more."""
        return max(self._lag, time.monotonic() - self._due if self.alive else 0.0)

    async def stop(self, patience: float) -> bool:
        """Stop the loop and wait up to `patience` seconds for the thread; whether it ended."""
        self._stopping = True
        if self.alive:
            self.post(self.loop.stop)
            await asyncio.to_thread(self._thread.join, patience)
        elif not self.loop.is_closed():
            self.loop.close()
        return not self.alive

    def _beat(self) -> None:
        now = time.monotonic()
        self._lag = max(0.0, now - self._due)
        self._due = now + _BEAT
        self.loop.call_later(_BEAT, self._beat)

    def _main(self) -> None:
        asyncio.set_event_loop(self.loop)
        while not self._stopping:
            try:
                self.loop.run_forever()
            except BaseException:  # noqa: BLE001 - this is the one place where SystemExit would end a side
                self._revived("raised out of a task and stopped the loop")
            else:
                if not self._stopping:
                    self._revived("stopped the loop")
        try:
            self._clear()
        finally:
            self.loop.close()

    def _revived(self, what: str) -> None:
        self.revivals += 1
        self._log.exception("the application %s %s; the loop goes on", self._thread.name, what)

    def _clear(self) -> None:
        """Cancel what is left, and give it one second to notice."""
        left = asyncio.all_tasks(self.loop)
        for task in left:
            task.cancel()
        try:
            if left:
                self.loop.run_until_complete(asyncio.wait(left, timeout=1.0))
            self.loop.run_until_complete(asyncio.wait_for(self.loop.shutdown_asyncgens(), 1.0))
        except BaseException:  # noqa: BLE001 - the application's last words; the thread ends all the same
            self._log.exception("the application %s did not end cleanly", self._thread.name)


def _new_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop  # noqa: PLC0415 - not on every platform
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
