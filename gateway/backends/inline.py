"""`isolation: inline`: the application runs on the caller's loop, in the caller's task. Fastest, and not isolated.

A `time.sleep` or a SystemExit in a background task of the application is everybody's: choose it for an application
that is trusted as the gateway is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from logging import Logger
from typing import Any

from gateway.asgi import Message, Receive, Scope, Send
from gateway.backends.answer import Answer, HttpAnswer, Step, WebSocketAnswer
from gateway.backends.context import InContext, fresh_context
from gateway.backends.lane import CallOptions
from gateway.errors import BackendCrashed, BackendProtocolError


class InlineLane:
    """Calls are awaited where they are made."""

    leaked = 0
    revivals = 0

    def __init__(self, log: Logger) -> None:
        self._log = log

    def lag(self) -> float:
        """Zero: the caller's loop is measured by the caller."""
        return 0.0

    async def run(self, job: Callable[[], Coroutine[Any, Any, None]], limit: float) -> None:
        """Run `job` here; TimeoutError when it is not done after `limit` seconds."""
        await asyncio.wait_for(job(), limit)

    async def call(self, app: Any, scope: Scope, receive: Receive, send: Send, options: CallOptions) -> None:
        """Ask the application."""
        call = _Call(app, scope, receive, send)
        context = fresh_context(options.variables)
        if options.background:
            await InContext(call.run(), context)
        else:
            # Only a task can be cancelled from within without the caller's being cancelled.
            call.task = asyncio.get_running_loop().create_task(call.run(), context=context)
            try:
                await asyncio.wait({call.task})
            except asyncio.CancelledError:
                call.task.cancel()
                raise
        call.conclude(self._log)

    async def drain(self, grace: float) -> None:
        """The calls are the caller's own tasks: whoever made them has waited for them."""

    async def close(self) -> None:
        """The loop is the caller's."""


class _Call:
    """One call: checks what the application sends and remembers how it ended."""

    __slots__ = ("_answer", "_app", "_broken", "_error", "_gone", "_is_http", "_receive", "_scope", "_send", "task")

    def __init__(self, app: Any, scope: Scope, receive: Receive, send: Send) -> None:
        self._app = app
        self._scope = scope
        self._receive = receive
        self._send = send
        self._is_http = scope["type"] == "http"
        self._answer: Answer = HttpAnswer() if self._is_http else WebSocketAnswer()
        self._broken: BackendProtocolError | None = None
        self._error: BaseException | None = None
        self._gone = False
        self.task: asyncio.Task[None] | None = None

    async def run(self) -> None:
        try:
            await self._app(self._scope, self.receive, self.send)
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling() and self.task is None:
                raise
            self._error = error
        except BaseException as error:  # noqa: BLE001 - SystemExit of the application must not stop the caller's loop
            self._error = error

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self._gone = True
        return message

    async def send(self, message: Any) -> None:
        try:
            checked = self._answer.take(message)
        except BackendProtocolError as error:
            if self._answer.step != Step.COMPLETE:
                self._broken = error
            raise
        await self._send(checked)
        if self.task is not None and self._is_http and self._answer.step == Step.COMPLETE:
            self.task.cancel()
            await asyncio.get_running_loop().create_future()

    def conclude(self, log: Logger) -> None:
        """Raise what the caller has to know. An answer that is complete stands, whatever came after it."""
        error = self._broken or self._error
        if self._is_http and self._answer.step == Step.COMPLETE:
            if error is not None and self.task is None:
                log.warning("the application raised after its answer was complete", exc_info=error)
            return
        if error is None:
            if self._gone or (self._answer.step != Step.NOTHING and not self._is_http):
                return
            what = "without an answer" if self._answer.step == Step.NOTHING else "in the middle of its answer"
            raise BackendProtocolError(f"the application returned {what}")
        if isinstance(error, Exception):
            raise error
        raise BackendCrashed(f"the application raised {type(error).__name__}: {error}") from error
