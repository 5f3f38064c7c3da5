"""The shadow lane: the other side is asked with the same bytes, after the client has its answer, and both are compared.

Nothing here can reach the client. What is planned and not asked is dropped and counted, by reason:

    unanswered         no side answered, the gateway did: there is nothing to compare with
    aborted            the client left, or its answer broke off: the same
    stream             the answer has no end by its nature
    body_too_large     the request's body was over the limit, so it passed through to one side only
    breaker            shadows of the route hang, so that none is asked for a while; or v2 was not asked to answer
                       the client, for the same reason
    queue_full         the lane is behind; the answer to overload is fewer shadows, never slower clients
    shutdown           the process is going

Conservation: planned = asked + dropped, and every shadow that was asked has one outcome: `answered` or the kind of its
failure.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TypeVar

from gateway.asgi import IS_SHADOW
from gateway.exchange import Exchange, Failure, FailureKind, Headers, Observation, Request, Response, Side
from gateway.parity.difference import Comparison, Verdict
from gateway.proxy.breaker import Admission
from gateway.proxy.breakers import BREAKER, LATE, Breakers, shadowing_breakers
from gateway.proxy.call import Call
from gateway.proxy.examiner import Examiner
from gateway.proxy.observe import observe
from gateway.proxy.record import Recorder
from gateway.proxy.sides import Sides
from gateway.routing.mode import Mode
from gateway.routing.plan import draw
from gateway.routing.route import SAFE_METHODS, Route

T = TypeVar("T")

ANSWERED = "answered"
NOISE_SAMPLE = 0.01
"""The share of shadowed requests for which legacy is asked twice, to learn where it differs from itself."""
SMALL = 2 * 1024
"""Bytes of both bodies that are compared on the loop; larger ones go to a thread. To compare what is equal takes
0.02 ms a KiB, but to line up what is not takes 5 ms a KiB (measured), and the loop is where the clients are."""

REST = 10.0
"""A slot rests so many times as long as the loop has just taken for one round. Idle, a round takes 0.1 ms and nobody
notices; saturated with clients it takes 10 ms, and the shadows step back to a few hundred a second."""


@dataclass(frozen=True, slots=True)
class _Job:
    call: Call
    side: Side
    served: Observation


class ShadowLane:
    """Asks shadows, a few at a time, and fewer while the loop is busy with clients.

    `concurrency` shadows run at once and `queue` may wait; memory is bounded by both times the limits of the bodies.
    """

    def __init__(
        self,
        sides: Sides,
        recorder: Recorder,
        examiner: Examiner,
        *,
        concurrency: int = 8,
        queue: int = 256,
        breakers: Breakers | None = None,
    ) -> None:
        self._sides = sides
        self._recorder = recorder
        self._examiner = examiner
        self._concurrency = concurrency
        self._queue_limit = queue
        self._breakers = breakers or shadowing_breakers()
        self._waiting: deque[_Job] = deque()
        self._running: set[asyncio.Task[None]] = set()
        self._resting = 0
        self._closed = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="gateway-compare")

    @property
    def depth(self) -> int:
        """How many shadows wait or run."""
        return len(self._waiting) + len(self._running)

    def offer(self, call: Call) -> None:
        """Ask the side that did not answer, when there is room. Never waits, never raises."""
        reason = BREAKER if call.fallback == BREAKER else self._drop_reason(call)
        if reason is not None or call.served_by is None or call.relay.capture is None:
            self._recorder.shadow_dropped(call.route.id, reason or "unanswered")
            return
        # After a fallback that is v2, which has failed once already: its failure is what there is to be seen.
        served = Observation(call.served_by, call.relay.capture.response(), call.waited)
        self._waiting.append(_Job(call, call.served_by.other, served))
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
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _drop_reason(self, call: Call) -> str | None:
        capture = call.relay.capture
        if self._closed:
            return "shutdown"
        if not call.relay.completed:
            return "aborted"
        if capture is not None and capture.is_stream:
            return "stream"
        if not call.is_replayable:
            return "body_too_large"
        if len(self._waiting) >= self._queue_limit:
            return "queue_full"
        return None

    def _start_next(self) -> None:
        while self._waiting and len(self._running) + self._resting < self._concurrency and not self._closed:
            job = self._waiting.popleft()
            admission = self._breakers.admit(job.call.route, perf_counter())
            if admission is Admission.REFUSED:
                self._recorder.shadow_dropped(job.call.route.id, BREAKER)
                continue
            task = asyncio.create_task(self._run(job, admission))
            self._running.add(task)
            task.add_done_callback(self._finished)
        self._recorder.shadow_depth(self.depth)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._recorder.shadow_depth(self.depth)
        self._resting += 1
        asyncio.get_running_loop().call_soon(self._rest, perf_counter())

    def _rest(self, since: float) -> None:
        """One round of the loop later: every client that was ready has had its turn in between."""
        asyncio.get_running_loop().call_later(REST * (perf_counter() - since), self._rested)

    def _rested(self) -> None:
        self._resting -= 1
        self._start_next()

    async def _run(self, job: _Job, admission: Admission) -> None:
        IS_SHADOW.set(True)  # for this task, and for the thread that legacy runs in
        began = perf_counter()
        outcome: str = FailureKind.ABORTED
        try:
            shadow = await observe(job.call, job.side, self._sides.shadowing(job.side), self._reporting(job.call))
            outcome = shadow.outcome.kind if isinstance(shadow.outcome, Failure) else ANSWERED
        finally:
            now = perf_counter()
            self._recorder.shadowed(job.call.route.id, outcome, now - began)
            self._tell_breaker(job.call.route, admission, outcome, began, now)
        await self._examine(job, Exchange(_request(job.call), job.call.route.id, job.served, shadow))

    def _reporting(self, call: Call) -> Callable[[Side, Exception], None]:
        def report(side: Side, error: Exception) -> None:
            self._recorder.shadow_failed(call.intake.request_id, call.route.id, side, error)

        return report

    def _tell_breaker(self, route: Route, admission: Admission, outcome: str, began: float, now: float) -> None:
        """Only a shadow that hangs is a failure here: what answers badly frees its slot at once."""
        patience = route.shadow.timeout
        failed = None if outcome == FailureKind.ABORTED else outcome == FailureKind.TIMEOUT
        if failed and now - began > patience + LATE:
            failed = None
        self._breakers.tell(route, admission, now, failed=failed, patience=patience)

    async def _examine(self, job: _Job, exchange: Exchange) -> None:
        route = job.call.route
        comparison = await self._compare(job, exchange)
        if comparison.verdict is Verdict.MISMATCH and self._may_ask_again(job):
            if self._examiner.doubts(route, comparison):
                comparison = await self._look_again(job, exchange, comparison)
            await self._aside(self._examiner.keep, route, exchange, comparison)
        else:
            self._examiner.keep(route, exchange, comparison)
        self._recorder.compared(route.id, comparison)

        if route.mode is Mode.SHADOW and self._may_ask_again(job) and draw(route.id, _noise_key(job)) < NOISE_SAMPLE:
            await self._learn(job, exchange)

    async def _look_again(self, job: _Job, exchange: Exchange, before: Comparison) -> Comparison:
        """A mismatch may be a change in between: then a fresh answer of legacy is what v2 said."""
        fresh = await observe(job.call, Side.LEGACY, self._sides.legacy_shadow)
        again = await self._compare(job, _with_legacy(exchange, fresh))
        agrees = again.verdict in {Verdict.MATCH, Verdict.EQUIVALENT, Verdict.EXCUSED}
        return replace(before, verdict=Verdict.RACED) if agrees else before

    async def _learn(self, job: _Job, exchange: Exchange) -> None:
        """Ask legacy twice, and compare it with itself."""
        again = await observe(job.call, Side.LEGACY, self._sides.legacy_shadow)
        legacy = exchange.by_side(Side.LEGACY)
        if legacy is not None:
            itself = Exchange(exchange.request, exchange.route_id, legacy, replace(again, side=Side.V2))
            await self._aside(self._examiner.learn, job.call.route, itself)

    async def _compare(self, job: _Job, exchange: Exchange) -> Comparison:
        if _size(exchange) <= SMALL:
            return self._examiner.compare(job.call.route, exchange)
        return await self._aside(self._examiner.compare, job.call.route, exchange)

    async def _aside(self, work: Callable[..., T], *arguments: object) -> T:
        """Do what takes long on the lane's one thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)

    @staticmethod
    def _may_ask_again(job: _Job) -> bool:
        return job.call.method in SAFE_METHODS


def _request(call: Call) -> Request:
    body = b"" if call.body is None else call.body.content
    headers = Headers(tuple(call.intake.headers))
    query = call.scope["query_string"]
    return Request(call.intake.request_id, call.method, call.routed.path, query, headers, body)


def _with_legacy(exchange: Exchange, fresh: Observation) -> Exchange:
    if exchange.served.side is Side.LEGACY:
        return replace(exchange, served=fresh)
    return replace(exchange, shadow=fresh)


def _size(exchange: Exchange) -> int:
    observations = (exchange.served, exchange.shadow)
    bodies = (one.outcome.body for one in observations if one is not None and isinstance(one.outcome, Response))
    return sum(len(body) for body in bodies if body is not None)


def _noise_key(job: _Job) -> str:
    return f"noise {job.call.intake.request_id}"
