"""The shadow lane: the other side is asked with the same bytes, after the client has its answer.

Nothing here can reach the client. What is planned and not asked is dropped and counted, in this order of reasons:

    aborted            the client left, or its answer broke off: there is nothing to compare with
    body_too_large     the request's body was over the limit, so it passed through to one side only
    queue_full         the lane is behind; the answer to overload is fewer shadows, never slower clients
    shutdown           the process is going

Conservation: planned = asked + dropped, and asked = answered + timeout + exception + unavailable + protocol_error
+ too_large.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from time import perf_counter

from gateway.asgi import Backend, Message
from gateway.errors import BackendProtocolError, BackendTimeout, BackendUnavailable, GatewayError
from gateway.exchange import FailureKind, Side
from gateway.proxy.body import EMPTY
from gateway.proxy.call import Call
from gateway.proxy.deadline import Deadline
from gateway.proxy.intake import SHADOW
from gateway.proxy.record import Recorder
from gateway.proxy.sides import Sides
from gateway.routing.route import ShadowPolicy

ANSWERED = "answered"
TOO_LARGE = "too_large"


class _AnswerTooLarge(GatewayError):
    """The shadow's answer is over the limit; what is kept of it would be worth nothing."""


@dataclass(frozen=True, slots=True)
class _Job:
    call: Call
    side: Side


class ShadowLane:
    """Asks shadows, a few at a time.

    `concurrency` shadows run at once and `queue` may wait; memory is bounded by both times the body limit.
    """

    def __init__(self, sides: Sides, recorder: Recorder, *, concurrency: int = 8, queue: int = 256) -> None:
        self._sides = sides
        self._recorder = recorder
        self._concurrency = concurrency
        self._queue_limit = queue
        self._waiting: deque[_Job] = deque()
        self._running: set[asyncio.Task[None]] = set()
        self._closed = False

    @property
    def depth(self) -> int:
        """How many shadows wait or run."""
        return len(self._waiting) + len(self._running)

    def offer(self, call: Call, side: Side) -> None:
        """Ask `side` behind an answer, when there is room. Never waits, never raises."""
        reason = self._drop_reason(call)
        if reason is not None:
            self._recorder.shadow_dropped(call.route.id, reason)
            return
        self._waiting.append(_Job(call, side))
        self._start_next()

    async def stop(self, grace: float) -> None:
        """Take no more, drop what waits, and give what runs `grace` seconds."""
        self._closed = True
        while self._waiting:
            self._recorder.shadow_dropped(self._waiting.popleft().call.route.id, "shutdown")
        if self._running:
            await asyncio.wait(self._running, timeout=grace)
        for task in self._running:
            task.cancel()

    def _drop_reason(self, call: Call) -> str | None:
        if self._closed:
            return "shutdown"
        if not call.relay.completed:
            return "aborted"
        if not call.is_replayable:
            return "body_too_large"
        if len(self._waiting) >= self._queue_limit:
            return "queue_full"
        return None

    def _start_next(self) -> None:
        while self._waiting and len(self._running) < self._concurrency and not self._closed:
            task = asyncio.create_task(self._run(self._waiting.popleft()))
            self._running.add(task)
            task.add_done_callback(self._finished)
        self._recorder.shadow_depth(self.depth)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._start_next()

    async def _run(self, job: _Job) -> None:
        route = job.call.route
        began = perf_counter()
        outcome: str = FailureKind.ABORTED
        try:
            outcome = await self._ask(job, route.shadow)
        finally:
            self._recorder.shadowed(route.id, outcome, perf_counter() - began)

    async def _ask(self, job: _Job, policy: ShadowPolicy) -> str:
        backend: Backend = self._sides.shadowing(job.side)
        body = job.call.body or EMPTY
        answer = _Answer(policy.max_body)
        try:
            with Deadline(policy.timeout):
                scope = job.call.scope_for(job.side, extra=[(SHADOW, b"1")])
                await backend(scope, body.replay(answer.ended), answer)
        except _AnswerTooLarge:
            return TOO_LARGE
        except BackendTimeout:
            return FailureKind.TIMEOUT
        except BackendUnavailable:
            return FailureKind.UNAVAILABLE
        except BackendProtocolError:
            return FailureKind.PROTOCOL
        except Exception:  # noqa: BLE001 - whatever a shadow raises is its outcome, and nobody else's business
            return ANSWERED if answer.completed else FailureKind.EXCEPTION
        return ANSWERED if answer.completed else FailureKind.PROTOCOL


class _Answer:
    """The `send` of a shadow: it takes the answer in, up to `limit` bytes, and puts nothing on any wire."""

    __slots__ = ("_left", "_over", "completed")

    def __init__(self, limit: int) -> None:
        self._left = limit
        self._over = asyncio.Event()
        self.completed = False

    async def __call__(self, message: Message) -> None:
        if message["type"] != "http.response.body":
            return
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            self._over.set()
            raise _AnswerTooLarge("the shadow's answer is over the capture limit")
        if not message.get("more_body", False):
            self.completed = True
            self._over.set()

    async def ended(self) -> Message:
        """The `receive` after the body: nothing more comes, until the answer is over."""
        await self._over.wait()
        return {"type": "http.disconnect"}
