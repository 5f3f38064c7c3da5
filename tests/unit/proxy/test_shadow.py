"""The shadow lane: bounded, conserving, and without any way to the client."""

from __future__ import annotations

import asyncio

import pytest

from gateway.errors import BackendProtocolError, BackendUnavailable
from gateway.exchange import Side
from gateway.proxy.call import Call
from gateway.proxy.intake import take_in
from gateway.proxy.relay import Relay
from gateway.proxy.shadow import ShadowLane
from gateway.proxy.sides import Sides
from gateway.routing.mode import Mode
from gateway.routing.plan import Plan
from gateway.routing.route import Route, ShadowPolicy
from gateway.routing.table import Routed
from tests.support.asgi import a_scope
from tests.support.recording import Recording

pytestmark = pytest.mark.anyio


async def nothing(*_) -> None:
    return None


def a_call(**policy) -> Call:
    route = Route("r", "/r", Mode.SHADOW, shadows=True, shadow=ShadowPolicy(**{"timeout": 0.02, **policy}))
    relay = Relay(nothing)
    relay.completed = True
    routed = Routed(route, "/r", b"/r")
    return Call(a_scope(target="/r"), nothing, relay, take_in([], new_id="i"), routed, Plan(Side.LEGACY, None, ""), 0.0)


def a_lane(v2, record: Recording, **bounds) -> ShadowLane:
    return ShadowLane(Sides(nothing, nothing, nothing, v2), record, **bounds)


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
        (endless, "too_large"),
    ],
)
async def test_every_shadow_has_one_outcome(v2, outcome: str) -> None:
    """Cases 77, 78, 81 and 82."""
    record = Recording()
    lane = a_lane(v2, record)
    lane.offer(a_call(max_body=10_000), Side.V2)
    await settle(lane)
    assert record.shadows == {outcome: 1}


async def test_what_is_planned_is_asked_or_dropped() -> None:
    """Cases 93 and 158: the conservation law under overload."""
    record = Recording()
    lane = a_lane(hangs, record, concurrency=3, queue=10)
    for _ in range(100):
        lane.offer(a_call(), Side.V2)
    assert lane.depth == 13
    await settle(lane)
    assert record.shadows == {"timeout": 13}
    assert record.shadow_drops == {"queue_full": 87}
    assert record.depth == 0


async def test_stopping_drops_what_waits_and_ends_what_hangs() -> None:
    record = Recording()
    lane = a_lane(hangs, record, concurrency=2, queue=10)
    for _ in range(5):
        lane.offer(a_call(timeout=60.0), Side.V2)
    await lane.stop(0.01)
    lane.offer(a_call(), Side.V2)
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
    lane.offer(a_call(), Side.V2)
    await settle(lane)
    assert seen == ["http.disconnect"]
