"""How late an event loop runs. A loop that is held by somebody's blocking call delays every client; say who did it."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import dataclass, field

from gateway.stacks import stack_of
from gateway.telemetry.logs import EventLog

BEAT_SECONDS = 0.1
STALL_SECONDS = 0.25
"""A loop that is later than this is stalled: the stack is logged, once for each stall."""
WINDOW_SECONDS = 15.0
"""The worst lag is kept for one to two of these, so that a scrape every 15 seconds sees every stall."""


@dataclass(slots=True)
class _Loop:
    name: str
    loop: asyncio.AbstractEventLoop
    thread: int = 0
    beat: float = 0.0
    logged: bool = False
    worst: float = 0.0
    before: float = 0.0
    window: float = field(default_factory=time.monotonic)

    def note(self, lag: float, now: float) -> None:
        if now - self.window > WINDOW_SECONDS:
            self.before, self.worst, self.window = self.worst, 0.0, now
        self.worst = max(self.worst, lag)


class LoopLag:
    """Watches event loops from a thread of its own. `read` is the gauge `gateway_loop_lag_seconds`."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._loops: list[_Loop] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="gateway-lag", daemon=True)

    def watch(self, name: str, loop: asyncio.AbstractEventLoop) -> None:
        """Watch `loop`, which runs or is about to run, under `name`."""
        watched = _Loop(name, loop)
        self._loops.append(watched)
        loop.call_soon_threadsafe(self._beat, watched)
        if not self._thread.is_alive() and not self._stop.is_set():
            self._thread.start()

    def read(self) -> dict[tuple[str, ...], float]:
        """The worst lag of each loop in the last window or two, in seconds."""
        return {(watched.name,): max(watched.worst, watched.before) for watched in tuple(self._loops)}

    def stop(self) -> None:
        """End the thread; the loops' own beats end with it."""
        self._stop.set()

    def _beat(self, watched: _Loop) -> None:
        """On the watched loop: prove that it runs."""
        now = time.monotonic()
        if watched.beat:
            watched.note(max(0.0, now - watched.beat - BEAT_SECONDS), now)
        watched.beat, watched.thread, watched.logged = now, threading.get_ident(), False
        if not self._stop.is_set():
            watched.loop.call_later(BEAT_SECONDS, self._beat, watched)

    def _run(self) -> None:
        while not self._stop.wait(BEAT_SECONDS):
            self._loops = [watched for watched in self._loops if not watched.loop.is_closed()]
            now = time.monotonic()
            for watched in self._loops:
                lag = now - watched.beat - BEAT_SECONDS if watched.beat else 0.0
                if lag > STALL_SECONDS:
                    watched.note(lag, now)
                    if not watched.logged:
                        watched.logged = True
                        self._report(watched, lag)

    def _report(self, watched: _Loop, lag: float) -> None:
        self._log.warning("loop_stalled", loop=watched.name, seconds=round(lag, 3), exception=stack_of(watched.thread))
