"""One call between two event loops: the front's, where the client is, and the application's.

    front loop                                        the application's loop
    relay()   <── outbox: what it sent ─────────────  send()      waits while too much is unread
    pump()    ──> inbox: what the client sent ──────> receive()   each asks for one message

An ordinary answer (start and one body) crosses once: `start` is held until the body joins it, or until the loop's next
round, so that the head of a stream is not late. A request that is known to have no body is answered here, and the
client is watched only for an application that asks a second time; the server's own empty message is passed over then,
for an application may be given the end of a request once only.

Deques, and plain loads and stores, are safe between threads. Where one loop waits for the other, the order of its write
and of the look that follows makes the wake-up impossible to miss; comments mark the pairs.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextvars import Context
from logging import Logger
from typing import Any, Final

from gateway.asgi import Message, Receive, Scope, Send, until_disconnect
from gateway.backends.answer import COMPLETE, Answer, HttpAnswer, WebSocketAnswer
from gateway.backends.ending import conclude
from gateway.backends.lane import has_no_body
from gateway.backends.pump import Pump
from gateway.errors import BackendProtocolError

WINDOW: Final = 256 * 1024
"""Bytes of an answer that may be unread by the front before the application's `send` waits: four of uvicorn's."""

_MESSAGE_COST: Final = 256
"""What an empty message counts for, so that endless empty ones are bounded as well."""


class Channel:
    """One call. The first word of each method's description says on which loop it runs: Front, or Side."""

    def __init__(
        self,
        app: Any,
        scope: Scope,
        receive: Receive,
        *,
        side: asyncio.AbstractEventLoop,
        context: Context,
        until_return: bool,
        on_end: Callable[[Channel], None],
        log: Logger,
    ) -> None:
        self._app = app
        self._scope = scope
        self._side = side
        self._front = asyncio.get_running_loop()
        self._context = context
        self._until_return = until_return
        self._on_end = on_end
        self._log = log
        self._is_http = scope["type"] == "http"
        self._body_known_empty = self._is_http and has_no_body(scope)
        self._receive = until_disconnect(receive) if self._body_known_empty else receive
        self._answer: Answer = HttpAnswer(scope["method"]) if self._is_http else WebSocketAnswer()
        # side to front
        self._outbox: deque[Message] = deque()
        self._held: Message | None = None
        self._signalled = False
        self._awake: asyncio.Future[None] | None = None
        self._ended = False
        self._error: BaseException | None = None
        self._sent = 0
        self._taken = 0
        self._blocked = False
        self._room: asyncio.Event | None = None
        # front to side
        self._inbox: deque[Message | Exception] = deque()
        self._arrived: asyncio.Event | None = None
        self._pump: Pump | None = None
        self._gone = False
        self._left = False
        self._front_done = False
        self._task: asyncio.Task[None] | None = None
        self._running = False
        self._cancelled = False

    @property
    def _over(self) -> bool:
        """Whether nobody will see what the application still sends."""
        return self._gone or self._left

    # ---------------------------------------------------------------------------------------------------- front

    async def relay(self, send: Send) -> None:
        """Front: pass on what the application sends until its answer is complete, or its call has ended.

        With `until_return` a complete answer is not the end: the application is waited for.
        """
        outbox = self._outbox
        try:
            while True:
                while outbox:
                    message = outbox.popleft()
                    await self._pass_on(message, send)
                    is_last = message["type"] == "http.response.body" and not message["more_body"]
                    if is_last and not self._until_return:
                        return
                # Pair: the side fills the outbox and then ends; it is looked at in the reverse order.
                if self._ended and not outbox:
                    conclude(self._error, self._answer, is_http=self._is_http, client_left=self._over)
                    return
                if not outbox:
                    # `_wake` runs on this loop, so it cannot come between the look above and this future; whatever
                    # is put into the outbox after the look has a `_wake` still to come.
                    self._awake = self._front.create_future()
                    await self._awake
        finally:
            self._front_done = True
            if self._pump is not None:
                self._pump.stop()

    async def _pass_on(self, message: Message, send: Send) -> None:
        if self._gone:
            return
        try:
            await send(message)
        except OSError:
            # By the specification this says that the client is gone. The application finds it so, and ends by itself.
            self._gone = True
            self._post(self._side, self._wake_all)
            return
        self._taken += len(message.get("body", b"")) + _MESSAGE_COST
        # Pair: the side sets `_blocked` and then looks at `_taken`.
        if self._blocked and self._sent - self._taken < WINDOW:
            self._post(self._side, self._wake_all)

    def _wake(self) -> None:
        """Front: the outbox has something, or the call has ended."""
        # First, so that whatever comes after the look into the outbox signals again.
        self._signalled = False
        if self._awake is not None and not self._awake.done():
            self._awake.set_result(None)

    def _want(self) -> None:
        """Front: the application waits for the client's next message."""
        if self._pump is None and not self._front_done:
            self._pump = Pump(self._receive, self._deliver)
        if self._pump is not None:
            self._pump.want()

    def _deliver(self, item: Message | Exception) -> None:
        """Front: the client's next message is there."""
        self._post(self._side, self._arrive, item)

    # ----------------------------------------------------------------------------------------------------- side

    def begin(self) -> None:
        """Side: start the application's call."""
        self._task = self._side.create_task(self._run(), context=self._context)

    def cancel(self) -> bool:
        """Side: the front has given up. Whether there was anything left to cancel."""
        self._cancelled = self._gone = True
        if self._task is None or self._task.done():
            return False
        # A task that is cancelled before its first step never runs at all, and would never be accounted for.
        if self._running:
            self._task.cancel()
        self._wake_all()
        return True

    @property
    def done(self) -> bool:
        """Whether the application has returned."""
        return self._task is not None and self._task.done()

    async def _run(self) -> None:
        self._running = True
        error: BaseException | None = None
        try:
            if not self._cancelled:
                await self._app(self._scope, self.receive, self.send)
        except BaseException as raised:  # noqa: BLE001 - nothing that the application raises may reach its loop
            error = raised
        self._on_end(self)
        if self._is_http and self._answer.step is COMPLETE and not self._until_return:
            if error is not None and not self._cancelled:
                # Starlette sends its 500 and then raises: that is an answer, with a note.
                self._log.warning("the application raised after its answer was complete", exc_info=error)
            return
        # What was wrong with a message says more than the exception that it became on its way out.
        if self._error is None:
            self._error = error
        self._release()
        self._ended = True
        self._signal()

    async def send(self, message: Any) -> None:
        """Side: ASGI's `send`."""
        if self._gone:
            raise OSError("the client is gone")
        if self._left:
            # As servers do it: the application was told by `receive`, and what it still sends goes nowhere.
            await asyncio.sleep(0)
            return
        try:
            checked = self._answer.take(message)
        except BackendProtocolError as error:
            self._broken(error)
            raise
        if checked["type"] == "http.response.start":
            self._held = checked
            self._side.call_soon(self._release)
            return
        if self._held is not None:
            self._outbox.append(self._held)
            self._held = None
        self._outbox.append(checked)
        self._signal()
        if self._is_http and self._answer.step is COMPLETE:
            self._wake_all()  # whoever still waits for the client is told that it is over
            return
        self._sent += len(checked.get("body", b"")) + _MESSAGE_COST
        while self._sent - self._taken >= WINDOW and not self._over:
            await self._wait_for_room()

    async def receive(self) -> Message:
        """Side: ASGI's `receive`. As under a server, who has answered is given no more of the request."""
        if self._body_known_empty and self._answer.step is not COMPLETE:
            self._body_known_empty = False
            return {"type": "http.request", "body": b"", "more_body": False}
        while not self._inbox:
            if self._is_http and (self._over or self._answer.step is COMPLETE):
                return {"type": "http.disconnect"}
            if self._arrived is None:
                self._arrived = asyncio.Event()
            self._arrived.clear()
            self._post(self._front, self._want)
            await self._arrived.wait()
        item = self._inbox.popleft()
        if isinstance(item, Exception):
            raise item
        return item

    def _arrive(self, item: Message | Exception) -> None:
        """Side: what the client sent, or what the server raised instead."""
        self._inbox.append(item)
        if not isinstance(item, Exception) and item["type"] == "http.disconnect":
            self._left = True
        self._wake_all()

    async def _wait_for_room(self) -> None:
        if self._room is None:
            self._room = asyncio.Event()
        self._room.clear()
        self._blocked = True
        # Pair: the front adds to `_taken` and then looks at `_blocked`.
        if self._sent - self._taken >= WINDOW and not self._over:
            await self._room.wait()
        self._blocked = False

    def _broken(self, error: BackendProtocolError) -> None:
        """Side: the application sent what is not ASGI. The front is told now, whatever the application does next."""
        if self._answer.step is not COMPLETE:
            self._error = error
            self._ended = True
            self._signal()

    def _release(self) -> None:
        """Side: nothing joined the held start within one round of the loop: it goes alone."""
        if self._held is not None:
            self._outbox.append(self._held)
            self._held = None
            self._signal()

    def _wake_all(self) -> None:
        """Side: whoever waits in `send` or `receive` looks again."""
        if self._room is not None:
            self._room.set()
        if self._arrived is not None:
            self._arrived.set()

    def _signal(self) -> None:
        if not self._signalled:
            self._signalled = True
            self._post(self._front, self._wake)

    def _post(self, loop: asyncio.AbstractEventLoop, callback: Callable[..., None], *args: Any) -> None:
        """Either loop: run `callback` on the other one. A loop that is closed has nobody who waits."""
        try:
            loop.call_soon_threadsafe(callback, *args)
        except RuntimeError:
            if not loop.is_closed():
                raise
            self._gone = True
