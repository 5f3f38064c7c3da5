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
        """Ask the application, in the caller's task and yet in a context of its own."""
        call = _Call(scope, receive, send)
        try:
            await InContext(app(scope, call.receive, call.send), fresh_context(options.variables))
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            call.error = error
        except BaseException as error:  # noqa: BLE001 - SystemExit of the application must not stop the caller's loop
            call.error = error
        if call.error is not None or call.answer.step is not COMPLETE:
            call.conclude(None if options.until_return else self._log)

    async def drain(self, grace: float) -> None:
        """The calls are the caller's own tasks: whoever made them has waited for them."""

    async def close(self) -> None:
        """The loop is the caller's."""


class _Call:
    """One call: checks what the application sends and remembers how it ended."""

    __slots__ = ("_gone", "_is_http", "_receive", "_send", "answer", "broken", "error")

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._is_http = scope["type"] == "http"
        self._gone = False
        self.answer: Answer = HttpAnswer(scope["method"]) if self._is_http else WebSocketAnswer()
        self.broken: BackendProtocolError | None = None
        self.error: BaseException | None = None

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

    def conclude(self, log: Logger | None) -> None:
        """Raise what the caller has to know. With `log`, a complete answer stands, and what came after it is logged."""
        error = self.broken or self.error
        if log is not None and self._is_http and self.answer.step is COMPLETE:
            if error is not None:
                log.warning("the application raised after its answer was complete", exc_info=error)
            return
        conclude(error, self.answer, is_http=self._is_http, client_left=self._gone)
