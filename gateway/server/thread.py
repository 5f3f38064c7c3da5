"""An HTTP server on a thread and event loop of its own.

The main thread is left free for signals: it can end the process whatever holds the loops.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable

import uvicorn

from gateway.server.listener import new_event_loop
from gateway.server.sockets import known_again

ACCEPTS = 16
"""Connections that a process takes at most in one turn of its loop.

uvloop 0.23 takes one in a turn, and the turn of a loop that shares the interpreter with a computing thread lasts 5 to
10 ms. Of 200 clients that came at once the last was let in after 1 s; with 16 in a turn, after 0.1 s (measured).
Workers share them: one that took all that wait would leave its siblings none.
"""
_LEFT_OVER_SECONDS = 0.2
"""How long tasks that outlived the server may take to see that they are cancelled."""

Step = Callable[[], Awaitable[None]]


class ServerThread:
    """Serves `config` on `listener`, between `begin` and `end`, all on one loop.

    `accepts` is how many connections are taken at most in one turn of the loop. `ended` is called on the thread when it
    is over, with the error if there was one.
    """

    def __init__(
        self,
        name: str,
        config: uvicorn.Config,
        listener: socket.socket,
        *,
        accepts: int = 1,
        begin: Step | None = None,
        end: Step | None = None,
        ended: Callable[[BaseException | None], None] | None = None,
    ) -> None:
        self._begin = begin
        self._end = end
        self._ended = ended
        self._listener = listener
        self._accepts = accepts
        self._settled = threading.Event()
        self._server = _Server(config, self._settled.set)
        self._thread = threading.Thread(target=self._run, name=f"gateway-{name}", daemon=True)
        self._error: BaseException | None = None
        self.loop = new_event_loop()

    def start(self) -> None:
        """Start, and return when the server accepts connections. Raises what `begin` raised."""
        self._thread.start()
        self._settled.wait()
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        """Take no more connections and end within the configured grace; returns at once."""
        self._server.should_exit = True

    def join(self, seconds: float) -> bool:
        """Whether the thread ended within `seconds`."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self.loop.run_until_complete(self._main())
        except BaseException as error:  # noqa: BLE001 # SystemExit from uvicorn or an application ends this thread, with a word
            self._error = error
        finally:
            self._listener.close()  # also when the server never had it
            self._settled.set()
            if self._ended is not None:
                self._ended(self._error)
        self.loop.run_until_complete(self._sweep())
        self.loop.close()

    async def _main(self) -> None:
        if self._begin is not None:
            await self._begin()
        # One socket that the loop knows by several descriptors: it takes a connection from each.
        again = known_again(self._listener, self._accepts - 1)
        try:
            await self._server.serve(sockets=[self._listener, *again])
        finally:
            for listener in again:
                listener.close()
            if self._end is not None:
                await self._end()

    async def _sweep(self) -> None:
        """Cancel what is left. It is not waited for long: a task may refuse to be cancelled."""
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_LEFT_OVER_SECONDS)


class _Server(uvicorn.Server):
    """Tells when it accepts connections."""

    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = on_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn does, then say so."""
        await super().startup(sockets)
        self._on_started()
