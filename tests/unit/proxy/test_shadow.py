"""The shadow lane: bounded, conserving, and without any way to the client."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from time import perf_counter

import pytest

from gateway.asgi import IS_SHADOW
from gateway.errors import BackendProtocolError, BackendUnavailable
from gateway.exchange import Response, Side
from gateway.proxy.breaker import Admission
from gateway.proxy.breakers import shadowing_breakers
from gateway.proxy.call import Call
from gateway.proxy.capture import Capture
from gateway.proxy.intake import take_in
from gateway.proxy.relay import Relay
from gateway.proxy.shadow import ShadowLane
from gateway.proxy.sides import Sides
from gateway.routing.mode import Mode
from gateway.routing.plan import Plan
from gateway.routing.route import Route, ShadowPolicy
from gateway.routing.table import Routed
from tests.support.asgi import a_scope
from tests.support.recording import BodyExaminer, Recording

pytestmark = pytest.mark.anyio


async def nothing(*_) -> None:
    return None


def a_call(**policy) -> Call:
    route = Route("r", "/r", Mode.SHADOW, shadows=True, shadow=ShadowPolicy(**{"timeout": 0.02, **policy}))
    relay = Relay(nothing)
    relay.completed = True
    relay.status, relay.capture = 200, Capture(1000)
    relay.capture.take({"type": "http.response.start", "status": 200, "headers": []})
    relay.capture.take({"type": "http.response.body", "body": b"ok"})
    routed = Routed(route, "/r", b"/r")
    plan = Plan(Side.LEGACY, Side.V2, "")
    call = Call(a_scope(target="/r"), nothing, relay, take_in([], new_id="i"), routed, plan, 0.0)
    call.served_by = Side.LEGACY
    return call


def a_lane(v2, record: Recording, *, examiner=None, legacy=nothing, **bounds) -> ShadowLane:
    return ShadowLane(Sides(nothing, nothing, legacy, v2), record, examiner or BodyExaminer(), **bounds)


async def settle(lane: ShadowLane) -> None:
    async with asyncio.timeout(5):
        while lane.depth:  # noqa: ASYNC110 - the lane has no event for tests alone
            await asyncio.sleep(0.001)


def raising(error: BaseException):
    async def backend(scope, receive, send) -> None:
        raise error

    return backend


async def hangs(scope, receive, send) -> None:
    await asyncio.Event().wait()


async def answers(scope, receive, send) -> None:
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})


async def endless(scope, receive, send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while True:
        await send({"type": "http.response.body", "body": b"x" * 1000, "more_body": True})


async def half(scope, receive, send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})


@pytest.mark.parametrize(
    ("v2", "outcome"),
    [
        (answers, "answered"),
        (hangs, "timeout"),
        (raising(ValueError("bug")), "exception"),
        (raising(BackendUnavailable("down")), "unavailable"),
        (raising(BackendProtocolError("garbage")), "protocol_error"),
        (half, "protocol_error"),
        (endless, "answered"),
    ],
)
async def test_every_shadow_has_one_outcome(v2, outcome: str) -> None:
    """Cases 77, 78, 81 and 82."""
    record = Recording()
    lane = a_lane(v2, record)
    lane.offer(a_call(max_body=10_000))
    await settle(lane)
    assert record.shadows == {outcome: 1}


async def test_what_is_planned_is_asked_or_dropped() -> None:
    """Cases 93 and 158: the conservation law under overload."""
    record = Recording()
    lane = a_lane(hangs, record, concurrency=3, queue=10)
    for _ in range(100):
        lane.offer(a_call())
    assert lane.depth == 13
    await settle(lane)
    assert record.shadows == {"timeout": 13}
    assert record.shadow_drops == {"queue_full": 87}
    assert record.depth == 0


async def test_stopping_drops_what_waits_and_ends_what_hangs() -> None:
    record = Recording()
    lane = a_lane(hangs, record, concurrency=2, queue=10)
    for _ in range(5):
        lane.offer(a_call(timeout=60.0))
    await lane.stop(0.01)
    lane.offer(a_call())
    await settle(lane)
    assert record.shadow_drops == {"shutdown": 4}
    assert record.shadows == {"aborted": 2}


async def test_shadow_that_waits_for_the_client_sees_it_leave_after_the_answer() -> None:
    seen = []

    async def waits(scope, receive, send) -> None:
        await answers(scope, receive, send)
        seen.append((await receive())["type"])

    record = Recording()
    lane = a_lane(waits, record)
    lane.offer(a_call())
    await settle(lane)
    assert seen == ["http.disconnect"]


async def test_both_answers_are_compared_and_kept() -> None:
    record, examiner = Recording(), BodyExaminer()
    lane = a_lane(answers, record, examiner=examiner)
    lane.offer(a_call())
    await settle(lane)
    assert record.verdicts == {"match": 1}
    exchange, _ = examiner.kept[0]
    assert exchange.by_side(Side.LEGACY) is exchange.served
    assert exchange.by_side(Side.V2) is exchange.shadow
    assert exchange.request.path == "/r"


async def test_answer_over_the_limit_is_known_to_be_one() -> None:
    """Case 81."""
    record, examiner = Recording(), BodyExaminer()
    lane = a_lane(endless, record, examiner=examiner)
    lane.offer(a_call(max_body=10_000))
    await settle(lane)
    shadow = examiner.kept[0][0].shadow
    assert shadow is not None
    assert isinstance(shadow.outcome, Response)
    assert shadow.outcome.body is None


async def changed(scope, receive, send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"changed"})


@pytest.mark.parametrize(
    ("legacy_now", "is_doubtful", "verdict"),
    [(changed, True, "raced"), (answers, True, "mismatch"), (changed, False, "mismatch")],
)
async def test_mismatch_is_looked_at_again_with_a_fresh_answer_of_legacy(legacy_now, is_doubtful, verdict) -> None:
    """H3: what legacy says now, and v2 said then, was a change in between."""
    record, examiner = Recording(), BodyExaminer()
    examiner.is_doubtful = is_doubtful
    lane = a_lane(changed, record, examiner=examiner, legacy=legacy_now)
    lane.offer(a_call())
    await settle(lane)
    assert record.verdicts == {verdict: 1}


async def test_now_and_then_legacy_is_compared_with_itself() -> None:
    record, examiner = Recording(), BodyExaminer()
    lane = a_lane(answers, record, examiner=examiner, legacy=changed)
    for number in range(500):
        call = a_call()
        call.intake.request_id = f"id-{number}"
        lane.offer(call)
        await settle(lane)
    assert 1 <= len(examiner.learnt) <= 15
    assert {itself.verdict for itself in examiner.learnt} == {"mismatch"}


async def test_the_side_that_is_asked_knows_that_it_is_a_shadow() -> None:
    """Case 88."""
    seen: list[bool] = []

    async def looks(scope, receive, send) -> None:
        seen.append(IS_SHADOW.get())
        await answers(scope, receive, send)

    lane = a_lane(looks, Recording())
    lane.offer(a_call())
    await settle(lane)
    assert seen == [True]
    assert not IS_SHADOW.get()


async def test_a_stream_is_not_compared() -> None:
    """Case 101."""
    record = Recording()
    call = a_call()
    call.relay.capture = Capture(1000)
    headers = [(b"Content-Type", b"text/event-stream; charset=utf-8")]
    call.relay.capture.take({"type": "http.response.start", "status": 200, "headers": headers})
    a_lane(answers, record).offer(call)
    assert record.shadow_drops == {"stream": 1}


async def test_what_the_gateway_answered_itself_is_not_compared() -> None:
    record = Recording()
    call = a_call()
    call.served_by = None
    a_lane(answers, record).offer(call)
    assert record.shadow_drops == {"unanswered": 1}


async def test_shadows_step_back_while_the_loop_is_busy_with_clients() -> None:
    """Cases 93 and 94: the answer to load is fewer shadows. A slot rests ten rounds of the loop, however long."""
    record = Recording()
    lane = a_lane(answers, record, concurrency=1, queue=100)
    for _ in range(20):
        lane.offer(a_call(timeout=5.0))
    for _ in range(40):
        until = perf_counter() + 0.003
        while perf_counter() < until:
            pass
        await asyncio.sleep(0)
    assert 1 <= record.shadows["answered"] <= 6
    await settle(lane)
    assert record.shadows == {"answered": 20}


async def test_a_route_whose_shadows_hang_is_left_alone_and_the_others_are_not() -> None:
    """Case 83."""
    record, breakers = Recording(), shadowing_breakers()
    lane = a_lane(hangs, record, concurrency=3, breakers=breakers)
    call = a_call()
    now = perf_counter()
    for second in range(5):
        breakers.tell(call.route, Admission.PASS, now - 4 + second, failed=True, patience=0.02)
    for _ in range(10):
        lane.offer(call)
    other = a_call()
    other.routed = replace(other.routed, route=replace(call.route, id="other"))
    lane.offer(other)
    await settle(lane)
    assert (record.shadow_drops, record.shadows) == ({"breaker": 10}, {"timeout": 1})


async def test_a_shadow_that_hangs_counts_and_one_that_answers_badly_does_not() -> None:
    for v2, counts in ((hangs, True), (answers, False), (raising(ValueError("bug")), False), (half, False)):
        breakers = shadowing_breakers()
        lane = a_lane(v2, Recording(), breakers=breakers)
        lane.offer(a_call())
        await settle(lane)
        assert bool(breakers.states()) is counts
