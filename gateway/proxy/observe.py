"""Asking a side without a client: in time, within bounds, and whatever it does is an observation."""

from __future__ import annotations

import asyncio
from time import perf_counter

from gateway.asgi import Backend, Message
from gateway.errors import BackendProtocolError, BackendTimeout, BackendUnavailable, GatewayError
from gateway.exchange import Failure, FailureKind, Observation, Response, Side
from gateway.proxy.body import EMPTY
from gateway.proxy.call import Call
from gateway.proxy.capture import Capture
from gateway.proxy.deadline import Deadline
from gateway.proxy.intake import SHADOW


class _TooLarge(GatewayError):
    """The answer is over the limit; the rest of it would be worth nothing."""


async def observe(call: Call, side: Side, backend: Backend) -> Observation:
    """Ask `side` what `call` asked, with the same bytes, and `X-Shadow: 1`.

    Never raises, but for cancellation. An answer that is over the route's limit is a Response without a body.
    """
    policy = call.route.shadow
    answer = _Answer(policy.max_body)
    began = perf_counter()
    outcome: Response | Failure
    try:
        with Deadline(policy.timeout):
            scope = call.scope_for(side, extra=[(SHADOW, b"1")])
            await backend(scope, (call.body or EMPTY).replay(answer.ended), answer)
    except Exception as error:  # noqa: BLE001 - whatever a shadow raises is its outcome, and nobody else's business
        outcome = answer.capture.response() if answer.is_conclusive else _failure(error)
        _let_go_of_frames(error)
    else:
        outcome = answer.capture.response() if answer.is_conclusive else _INCOMPLETE
    return Observation(side, outcome, perf_counter() - began)


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
    return Failure(kind, f"{type(error).__name__}: {error}" if kind is FailureKind.EXCEPTION else str(error))


def _let_go_of_frames(error: BaseException | None) -> None:
    """Break the circles between an exception and the frames it went through.

    A thousand frames of a recursion are freed at once then; left to the garbage collector, they had it stop every
    client for 80 ms, ten times a second (measured).
    """
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        error.__traceback__ = None
        error = error.__cause__ or error.__context__


class _Answer:
    """The `send` of a shadow: it takes the answer in and puts nothing on any wire."""

    __slots__ = ("_over", "capture")

    def __init__(self, limit: int) -> None:
        self.capture = Capture(limit)
        self._over = asyncio.Event()

    @property
    def is_conclusive(self) -> bool:
        """Whether there is an answer: whole, or known to be over the limit. What follows is a note, not a failure."""
        return self.capture.completed or self.capture.too_large

    async def __call__(self, message: Message) -> None:
        self.capture.take(message)
        if self.is_conclusive:
            self._over.set()
        if self.capture.too_large:
            raise _TooLarge("the shadow's answer is over the capture limit")

    async def ended(self) -> Message:
        """The `receive` after the body: nothing more comes, until the answer is over."""
        await self._over.wait()
        return {"type": "http.disconnect"}
