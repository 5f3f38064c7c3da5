"""Asking a side without a client: in time, within bounds, and whatever it does is an observation."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter
from typing import Final

from gateway.asgi import Backend, Message, Receive
from gateway.errors import (
    BackendCrashed,
    BackendProtocolError,
    BackendTimeout,
    BackendUnavailable,
    ClientDisconnected,
)
from gateway.exception_text import located
from gateway.exchange import Failure, FailureKind, Observation, Side
from gateway.proxy.body import EMPTY
from gateway.proxy.call import Call
from gateway.proxy.capture import Capture
from gateway.proxy.deadline import Deadline
from gateway.proxy.intake import SHADOW

READ_ON: Final = 16 * 1024 * 1024
"""Bytes of an answer that are taken from a side, over the route's limit too: it ends as it would for a client that
reads on. An application that is cut short instead rolls back what it would have kept."""

LEAVING: Final = 0.25
"""Seconds that a side has to end when nobody reads its answer any more, before it is cancelled."""


def _unheard(_side: Side, _error: Exception, /) -> None:
    """Nobody is told."""


async def observe(
    call: Call, side: Side, backend: Backend, report: Callable[[Side, Exception], object] = _unheard
) -> Observation:
    """Ask `side` what `call` asked, with the same bytes, and `X-Shadow: 1`.

    Never raises, but for cancellation. An answer that is over the route's limit is a Response without a body. The side
    may take the shadow's timeout to complete its answer, and as long again until it returns, after which it is
    cancelled. `report` is told what it raised, while its traceback is there.
    """
    policy = call.route.shadow
    answer = _Answer(policy.max_body, policy.timeout)
    failure = _INCOMPLETE
    raised = ""
    began = perf_counter()
    try:
        with Deadline(policy.timeout) as answer.deadline:
            scope = call.scope_for(side, extra=[(SHADOW, b"1")])
            await backend(scope, answer.receive_after((call.body or EMPTY).replay(answer.ended)), answer)
    except Exception as error:  # noqa: BLE001 - whatever a shadow raises is its outcome, and nobody else's business
        failure = _failure(error)
        if answer.capture.completed:
            raised = "" if isinstance(error, _OURS) else failure.message
        if not answer.left and not isinstance(error, ClientDisconnected):
            report(side, error)
        _let_go_of_frames(error)
    ended = answer.ended_at or perf_counter()
    if answer.capture.completed or answer.left or (answer.capture.too_large and failure.kind is FailureKind.TIMEOUT):
        return Observation(side, replace(answer.capture.response(), raised=raised), ended - began)
    return Observation(side, failure, ended - began)


_OURS = (BackendTimeout, ClientDisconnected)
"""What the gateway itself does to a call whose answer is complete."""

_INCOMPLETE = Failure(FailureKind.PROTOCOL, "the answer did not reach its end")


def _failure(error: Exception) -> Failure:
    match error:
        case BackendTimeout():
            kind = FailureKind.TIMEOUT
        case BackendUnavailable():
            kind = FailureKind.UNAVAILABLE
        case BackendProtocolError():
            kind = FailureKind.PROTOCOL
        case _:
            kind = FailureKind.EXCEPTION
    cause = error.__cause__ if isinstance(error, BackendCrashed) else None
    return Failure(kind, located(cause or error) if kind is FailureKind.EXCEPTION else str(error))


def _let_go_of_frames(error: BaseException | None) -> None:
    """Break the circles between an exception and the frames it went through.

    A thousand frames of a recursion are freed at once then; left to the garbage collector, they had it stop every
    client for 80 ms, ten times a second (measured).
    """
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        one.__traceback__ = None
        waiting += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions


class _Answer:
    """The `send` of a shadow: it takes the answer in and puts nothing on any wire."""

    __slots__ = ("_over", "_timeout", "_unread", "capture", "deadline", "ended_at", "left")

    def __init__(self, limit: int, timeout: float) -> None:
        self.capture = Capture(limit)
        self.deadline: Deadline | None = None
        self.ended_at = 0.0
        self.left = False
        self._timeout = timeout
        self._unread = READ_ON
        self._over = asyncio.Event()

    async def __call__(self, message: Message) -> None:
        if not self.left:
            self._take(message)
        if not self.capture.completed:
            # There is no client to wait for: a side that never stops sending would have this loop for itself.
            await asyncio.sleep(0)

    def _take(self, message: Message) -> None:
        self.capture.take(message)
        if self.capture.completed:
            self._end(self._timeout, "the answer is complete, but the call did not return")
        elif self.capture.too_large:
            self._unread -= len(message.get("body", b""))
            if self._unread < 0:
                self.left = True
                self._end(LEAVING, "the rest of a large answer is not read, and the call did not return")

    def _end(self, patience: float, what: str) -> None:
        self.ended_at = perf_counter()
        self._over.set()
        if self.deadline is not None:
            self.deadline.restart(patience, what)

    def receive_after(self, body: Receive) -> Receive:
        """The `receive` of a server: an application that has answered is given no more of the request."""

        async def receive() -> Message:
            return {"type": "http.disconnect"} if self._over.is_set() else await body()

        return receive

    async def ended(self) -> Message:
        """The `receive` after the body: nothing more comes, until the answer is over."""
        await self._over.wait()
        return {"type": "http.disconnect"}
