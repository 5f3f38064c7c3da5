"""The life of a process that answers traffic: start, reload, drain, end. Alone it has the console too.

    SIGHUP              the map is read again
    SIGTERM, SIGINT     not ready at once; requests in flight get the grace period; exit code 0
    a second one        ends at once; exit code 143 or 130

Whatever the applications do, the process is over two seconds after the grace period: the door's loop, the bridge's
threads and v2's loop are none of the main thread's business, and a last resort waits behind them.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from prometheus_client import CollectorRegistry

from gateway.asgi import Backend
from gateway.console.views import Readiness
from gateway.server.inbox import STOP, Ended, Inbox, Signalled
from gateway.server.listener import http_config
from gateway.server.thread import ACCEPTS, ServerThread
from gateway.settings import Settings
from gateway.telemetry.telemetry import Telemetry

STOP_SECONDS = 0.5
"""What the applications' own shutdown may take beyond the grace period."""
LAST_RESORT_SECONDS = 0.9
"""When, after the grace period, the process ends itself although something still holds it."""


class Gateway(Protocol):
    """What `gateway.app.Gateway` is to its server."""

    @property
    def asgi(self) -> Backend:
        """The application for the traffic port."""

    @property
    def registry(self) -> CollectorRegistry:
        """Its metrics."""

    async def start(self) -> None:
        """Import and start the sides. Raises `GatewayError` when nothing could be served."""

    async def stop(self, grace: float) -> None:
        """Let go of everything within `grace` seconds."""

    def drain(self) -> None:
        """Not ready from now on."""

    def reload(self) -> None:
        """Read the map again. Blocks; never on the door's loop."""

    def readiness(self) -> Readiness:
        """Whether traffic may come."""

    def map_state(self) -> dict[str, Any]:
        """The map in force."""


class ServingProcess:
    """A gateway and its door. `run` is for the main thread and returns the exit code."""

    def __init__(self, settings: Settings, gateway: Gateway, telemetry: Telemetry, listener: socket.socket) -> None:
        self._gateway = gateway
        self._grace = settings.grace
        self._telemetry = telemetry
        self._inbox = Inbox()
        self._deadline = float("inf")
        config = http_config(gateway.asgi, settings, rejected=telemetry.rejected, grace=settings.grace)
        self._door = ServerThread(
            "door",
            config,
            listener,
            accepts=max(1, ACCEPTS // settings.workers),
            begin=gateway.start,
            end=self._end,
            ended=lambda error: self._inbox.put(Ended("door", error)),
        )

    def start(self) -> None:
        """Start the door. Raises what kept the gateway from starting."""
        self._door.start()
        _settle_heap()

    def request_stop(self) -> None:
        """Stop as if SIGTERM had come; from any thread."""
        self._inbox.put(Signalled(signal.SIGTERM))

    def run(self, started: Callable[[], None]) -> int:
        """Serve until a signal says otherwise. `started` is called when signals are heeded."""
        with self._inbox:
            started()
            while True:
                match self._inbox.get():
                    case Signalled(signal.SIGHUP):
                        self._reload()
                    case Signalled():
                        return self._drain()
                    case Ended(error=error):
                        self._telemetry.log.error("door_died", exc_info=error)
                        return 1
                    case None:
                        continue

    def _reload(self) -> None:
        try:
            self._gateway.reload()
        except Exception:  # a reload that fails, for whatever reason, leaves the map that serves
            self._telemetry.log.exception("reload_failed")

    def _drain(self) -> int:
        self._deadline = time.monotonic() + self._grace
        self._telemetry.log.info("draining", seconds=self._grace)
        self._gateway.drain()
        threading.Thread(target=self._last_resort, name="gateway-last-resort", daemon=True).start()
        self._door.stop()
        while True:
            match self._inbox.get():
                case Ended():
                    self._telemetry.log.info("stopped")
                    return 0
                case Signalled(number) if number in STOP:
                    self._leave("stopped_at_once", 128 + number)
                case _:
                    continue

    async def _end(self) -> None:
        """On the door's loop, after the last request."""
        left = max(0.0, self._deadline - time.monotonic())
        stopping = asyncio.ensure_future(self._gateway.stop(left))
        # Not `wait_for`: it would wait for a shutdown that ignores its cancellation.
        await asyncio.wait({stopping}, timeout=left + STOP_SECONDS)
        if stopping.done() and (error := stopping.exception()) is not None:
            self._telemetry.log.error("shutdown_failed", exc_info=error)

    def _last_resort(self) -> None:
        """Daemon threads run until the interpreter is torn down, so this guards `atexit` hooks and joins as well."""
        time.sleep(max(0.0, self._deadline + LAST_RESORT_SECONDS - time.monotonic()))
        self._leave("stopped_by_force", 0)

    def _leave(self, event: str, code: int) -> None:
        names = [thread.name for thread in threading.enumerate() if thread is not threading.current_thread()]
        self._telemetry.log.warning(event, threads=",".join(names))
        self._telemetry.close()
        os._exit(code)


def _settle_heap() -> None:
    """What the applications have built by now stays for good: never look through it for garbage again.

    A full collection holds every thread, and walked through all of it: 60 to 120 ms with the smallest applications
    (measured), more with real ones, and each client that asked meanwhile waited.
    """
    gc.collect()
    gc.freeze()
