"""An answer in time, or another in its place, or one clear word that there is none."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from gateway.errors import BackendProtocolError, BackendUnavailable, ClientDisconnected, RequestRefused
from gateway.proxy.breaker import Admission
from gateway.proxy.breakers import Breakers, serving_breakers
from gateway.routing.mode import Mode
from gateway.routing.route import FallbackTrigger, Route
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


# The breaker


def opened_for(route: Route) -> Breakers:
    """Breakers of which that route's has just opened."""
    breakers = serving_breakers()
    now = time.perf_counter()
    for second in range(5):
        breakers.tell(route, Admission.PASS, now - 4 + second, failed=True, patience=route.timeout)
    assert breakers.states() == {("r", "serving"): 1.0}
    return breakers


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_legacy_answers_at_once_while_the_breaker_is_open(method: str) -> None:
    """Case 117; a write as well, since v2 was not asked."""
    route = a_route(Mode.V2, fallback=EVERY_TRIGGER, shadows=True)
    house = House(route)
    house.door._breakers = opened_for(route)
    answer = await ask(house.door, method, "/r", body=[b"pay", b"load"])
    assert (answer.status, answer.body) == (200, b"legacy")
    assert (house.v2.scopes, house.legacy.bodies) == ([], [b"payload"])
    assert house.record.requests[0].fallback == "breaker"
    await house.settle()
    assert (house.v2.scopes, house.record.shadow_drops) == ([], {"breaker": 1} if method == "GET" else {})


async def test_what_legacy_says_while_the_breaker_is_open_is_the_answer() -> None:
    route = a_route(Mode.V2, fallback=EVERY_TRIGGER)
    for legacy, status in ((Side("legacy", status=503), 503), (raising(BackendUnavailable("down")), 503)):
        house = House(route, legacy=legacy)
        house.door._breakers = opened_for(route)
        answer = await ask(house.door, target="/r")
        assert (answer.status, house.v2.scopes) == (status, [])


async def test_without_a_fallback_the_breaker_changes_nothing() -> None:
    route = a_route(Mode.V2)
    house = House(route)
    house.door._breakers = opened_for(route)
    for _ in range(3):
        assert (await ask(house.door, target="/r")).body == b"v2"


async def test_legacys_clients_know_no_breaker() -> None:
    route = a_route(Mode.LEGACY, fallback=EVERY_TRIGGER)
    house = House(route, legacy=raising(ValueError("bug")))
    for _ in range(3):
        await ask(house.door, target="/r")
    assert house.door._breakers.states() == {}


@pytest.mark.parametrize(
    ("v2", "method", "counts"),
    [
        (raising(ValueError("bug")), "GET", True),
        (raising(BackendUnavailable("down")), "GET", True),
        (Side("v2", status=503), "GET", True),
        (Side("v2", status=503), "POST", True),
        (raising(RequestRefused(413, "body_too_large", "too large")), "POST", False),
        (Side("v2", status=404), "GET", False),
        (raising(ClientDisconnected("gone")), "GET", False),
    ],
)
async def test_only_what_a_route_falls_back_for_counts_against_v2(v2: Callable, method: str, counts: bool) -> None:
    house = House(a_route(Mode.V2, fallback=EVERY_TRIGGER), v2=v2)
    await ask(house.door, method, "/r", body=[b"x"])
    assert bool(house.door._breakers.states()) is counts


@pytest.mark.parametrize("late", [False, True])
async def test_a_timeout_that_came_late_says_nothing_of_v2(late: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Case 195: the process stood still, and its timer went off long after its time."""
    monkeypatch.setattr("gateway.proxy.serve.LATE", 0.05)

    async def hangs(scope, receive, send) -> None:
        if late:
            time.sleep(0.1)  # noqa: ASYNC251 - the loop stands still
        await asyncio.Event().wait()

    house = House(a_route(Mode.V2, fallback=EVERY_TRIGGER, timeout=0.01), v2=hangs)
    assert (await ask(house.door, target="/r")).body == b"legacy"
    assert bool(house.door._breakers.states()) is not late
