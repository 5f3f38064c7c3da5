"""Drives an application's lifespan: one long call beside its requests. Everything here runs on the application's loop.

An application that does not speak lifespan is fine: it returns, or raises, before it asked for `lifespan.startup`.
One that asked and then raised has failed to start.
"""

from __future__ import annotations

import asyncio
from logging import Logger
from typing import Any

from gateway.asgi import Message
from gateway.backends.context import Variables, fresh_context
from gateway.errors import BackendUnavailable
from gateway.exception_text import describe

_SPEC = {"version": "3.0", "spec_version": "2.0"}


class Lifespan:
    """One startup and its shutdown. `state` is what the application left for its requests.

    `variables` are set in the otherwise empty context that it runs in.
    """

    def __init__(self, app: Any, log: Logger, variables: Variables | None = None) -> None:
        self._app = app
        self._log = log
        self._variables = variables or {}
        self.state: dict[str, Any] = {}
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()
        self._started: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._stopped: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._asked = False
        self._task: asyncio.Task[None] | None = None

    async def startup(self) -> None:
        """Return when the application is ready; `BackendUnavailable` with its reason when it is not.

        Cancelling, as a time limit does, cancels the application's lifespan.
        """
        self._task = asyncio.get_running_loop().create_task(self._run(), context=fresh_context(self._variables))
        self._inbox.put_nowait({"type": "lifespan.startup"})
        try:
            reason = await asyncio.shield(self._started)
        except asyncio.CancelledError:
            self._task.cancel()
            raise
        if reason:
            raise BackendUnavailable(reason)

    async def shutdown(self) -> None:
        """Tell the application to end and wait for it. What goes wrong is logged: nothing else can be done."""
        if self._task is None or self._task.done():
            return
        self._inbox.put_nowait({"type": "lifespan.shutdown"})
        try:
            reason = await asyncio.shield(self._stopped)
        except asyncio.CancelledError:
            self._task.cancel()
            raise
        if reason:
            self._log.error("the application failed to shut down: %s", reason)

    async def _run(self) -> None:
        scope = {"type": "lifespan", "asgi": dict(_SPEC), "state": self.state}
        reason = ""
        try:
            await self._app(scope, self._receive, self._send)
        except BaseException as error:  # noqa: BLE001 - SystemExit in a lifespan must not stop the loop
            if self._asked:
                reason = describe(error)
        # An answer that was given first, stands: Starlette says `startup.failed` with its traceback and then raises.
        self._settle(self._started, reason)
        self._settle(self._stopped, reason)

    async def _receive(self) -> Message:
        self._asked = True
        return await self._inbox.get()

    async def _send(self, message: Message) -> None:
        match message["type"]:
            case "lifespan.startup.complete":
                self._settle(self._started, "")
            case "lifespan.startup.failed":
                self._settle(self._started, _last_line(message))
            case "lifespan.shutdown.complete":
                self._settle(self._stopped, "")
            case "lifespan.shutdown.failed":
                self._settle(self._stopped, _last_line(message))
            case kind:
                raise RuntimeError(f"unexpected lifespan message {kind!r}")

    def _settle(self, future: asyncio.Future[str], reason: str) -> None:
        if not future.done():
            future.set_result(reason)


def _last_line(message: Message) -> str:
    """Starlette puts a whole traceback into `message`; its last line is the reason."""
    lines = str(message.get("message", "")).strip().splitlines()
    return lines[-1] if lines else "it gave no reason"
