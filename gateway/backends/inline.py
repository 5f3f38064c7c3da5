"""`isolation: inline`: the application runs on the caller's loop, in the caller's task. Fastest, and not isolated.

A `time.sleep` or a SystemExit in a background task of the application is everybody's: choose it for an application
that is trusted as the gateway is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import Context
from logging import Logger
from typing import Any

from gateway.asgi import Message, Receive, Scope, Send
from gateway.backends.answer import COMPLETE, Answer, HttpAnswer, WebSocketAnswer
from gateway.backends.context import InContext, fresh_context
from gateway.backends.ending import conclude
from gateway.backends.lane import CallOptions
from gateway.errors import BackendProtocolError


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
        call = _Call(scope, receive, send)
        if options.background:
            await self._here(call, app, scope, fresh_context(options.variables))
        else:
            await self._in_a_task(call, app, scope, fresh_context(options.variables))

    async def _here(self, call: _Call, app: Any, scope: Scope, context: Context) -> None:
        """In the caller's task, and yet in a context of its own."""
        try:
            await InContext(app(scope, call.receive, call.send), context)
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            call.error = error
        except BaseException as error:  # noqa: BLE001 - SystemExit of the application must not stop the caller's loop
            call.error = error
        if call.error is not None or call.answer.step is not COMPLETE:
            call.conclude(self._log)

    async def _in_a_task(self, call: _Call, app: Any, scope: Scope, context: Context) -> None:
        """In a task of its own, which ends with the answer: only a task can be cancelled without its caller."""

        async def run() -> None:
            try:
                await app(scope, call.receive, call.send)
            except BaseException as error:  # noqa: BLE001 - the same
                call.error = error

        call.task = asyncio.get_running_loop().create_task(run(), context=context)
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

    __slots__ = ("_gone", "_is_http", "_receive", "_send", "answer", "broken", "error", "task")

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._is_http = scope["type"] == "http"
        self._gone = False
        self.answer: Answer = HttpAnswer() if self._is_http else WebSocketAnswer()
        self.broken: BackendProtocolError | None = None
        self.error: BaseException | None = None
        self.task: asyncio.Task[None] | None = None

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self._gone = True
        return message

    async def send(self, message: Any) -> None:
        try:
            checked = self.answer.take(message)
        except BackendProtocolError as error:
            if self.answer.step is not COMPLETE:
                self.broken = error
            raise
        try:
            await self._send(checked)
        except OSError:
            # By the specification this says that the client is gone; what the application makes of it is its own.
            self._gone = True
            raise
        if self.task is not None and self._is_http and self.answer.step is COMPLETE:
            self.task.cancel()
            await asyncio.get_running_loop().create_future()

    def conclude(self, log: Logger) -> None:
        """Raise what the caller has to know. An answer that is complete stands, whatever came after it."""
        error = self.broken or self.error
        if self._is_http and self.answer.step is COMPLETE:
            if error is not None and self.task is None:
                log.warning("the application raised after its answer was complete", exc_info=error)
            return
        conclude(error, self.answer, is_http=self._is_http, client_left=self._gone)
