"""An answer in time, or another in its place, or one clear word that there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from gateway.errors import BackendProtocolError, BackendUnavailable, ClientDisconnected, RequestRefused
from gateway.routing.mode import Mode
from gateway.routing.route import FallbackTrigger
from tests.support.asgi import ask
from tests.support.house import DEFAULT, House, Side, a_route, raising

EVERY_TRIGGER = frozenset(FallbackTrigger)
pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("v2", "trigger", "asked"),
    [
        (raising(ValueError("v2 is broken")), "exception", True),
        (raising(BackendProtocolError("garbage")), "exception", True),
        (raising(BackendUnavailable("down")), "exception", False),
        (raising(ValueError("after a complete 500"), after=2), "exception", True),
        (Side("v2", status=503), "5xx", True),
    ],
)
async def test_legacy_answers_in_the_place_of_a_failing_v2(v2: Callable, trigger: str, asked: bool) -> None:
    """Case 116, for methods that may be asked twice."""
    house = House(a_route(Mode.V2, fallback=EVERY_TRIGGER), v2=v2)
    answer = await ask(house.door, target="/r")
    assert (answer.status, answer.body) == (200, b"legacy")
    assert house.record.requests[0].side == "legacy"
    assert house.record.requests[0].fallback == trigger


async def test_legacy_answers_in_the_place_of_a_v2_that_hangs() -> None:
    """Case 117."""

    async def hangs(scope, receive, send) -> None:
        await asyncio.Event().wait()

    house = House(a_route(Mode.V2, fallback=EVERY_TRIGGER, timeout=0.01), v2=hangs)
    assert (await ask(house.door, target="/r")).body == b"legacy"
    assert house.record.requests[0].fallback == "timeout"


async def test_a_write_is_never_asked_twice() -> None:
    """Case 116."""
    house = House(a_route(Mode.V2, fallback=EVERY_TRIGGER), v2=raising(ValueError("after the commit")))
    answer = await ask(house.door, "POST", "/r", body=[b"{}"])
    assert answer.status == 500
    assert house.legacy.scopes == []


async def test_a_write_falls_back_when_v2_was_not_asked() -> None:
    house = House(a_route(Mode.V2, fallback=EVERY_TRIGGER), v2=raising(BackendUnavailable("starting")))
    answer = await ask(house.door, "POST", "/r", body=[b"pay", b"load"])
    assert answer.body == b"legacy"
    assert house.legacy.bodies == [b"payload"]


@pytest.mark.parametrize(("status", "body"), [(500, b"legacy"), (502, b"v2")])
async def test_exception_means_what_a_framework_says_when_nobody_handled_one(status: int, body: bytes) -> None:
    route = a_route(Mode.V2, fallback=frozenset({FallbackTrigger.EXCEPTION}))
    house = House(route, v2=Side("v2", status=status))
    answer = await ask(house.door, target="/r")
    assert (answer.body, answer.finished) == (body, True)


async def test_without_a_fallback_the_client_gets_one_clear_answer() -> None:
    for error, status in [
        (BackendUnavailable("down", retry_after=3), 503),
        (BackendProtocolError("garbage"), 502),
        (ValueError("bug"), 500),
    ]:
        house = House(a_route(Mode.V2), v2=raising(error))
        answer = await ask(house.door, target="/r")
        assert (answer.status, answer.finished) == (status, True)
        assert answer.header(b"retry-after") == (b"3" if status == 503 else None)
        assert house.record.failures == [("v2", type(error).__name__)]


async def test_a_legacy_that_does_not_begin_in_time_is_a_504() -> None:
    async def hangs(scope, receive, send) -> None:
        await asyncio.Event().wait()

    house = House(legacy=hangs, default=replace(DEFAULT, timeout=0.01))
    assert (await ask(house.door)).status == 504


async def test_an_answer_that_has_begun_may_take_longer_than_the_timeout() -> None:
    async def slow(scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.sleep(0.05)
        await send({"type": "http.response.body", "body": b"late"})

    house = House(legacy=slow, default=replace(DEFAULT, timeout=0.01))
    answer = await ask(house.door)
    assert (answer.status, answer.body, answer.finished) == (200, b"late", True)


async def test_an_answer_that_breaks_off_stays_unfinished() -> None:
    """Case 74: the server closes the connection, and the client can tell."""

    async def breaks(scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise ValueError("in the middle")

    house = House(legacy=breaks)
    answer = await ask(house.door)
    assert (answer.body, answer.finished) == (b"half", False)
    assert house.record.requests[0].aborted


async def test_the_sides_refusal_is_the_clients_fault() -> None:
    house = House(legacy=raising(RequestRefused(413, "body_too_large", "too large")))
    assert (await ask(house.door)).status == 413
    assert house.record.rejections == ["body_too_large"]


async def test_a_client_that_left_is_recorded_and_nobody_is_answered() -> None:
    house = House(legacy=raising(ClientDisconnected("gone")))
    assert (await ask(house.door)).messages == []
    assert house.record.requests[0].aborted
