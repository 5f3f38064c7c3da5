"""The life of a request, with real ASGI applications on both sides."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from itertools import count

import pytest

from gateway.errors import BackendProtocolError, BackendUnavailable, ClientDisconnected, RequestRefused
from gateway.proxy.door import Door
from gateway.proxy.shadow import ShadowLane
from gateway.proxy.sides import Sides
from gateway.routing.mode import Mode
from gateway.routing.route import (
    DEFAULT_ROUTE_ID,
    Canary,
    FallbackTrigger,
    Route,
    ShadowPolicy,
    Sticky,
    StickyKind,
)
from gateway.routing.table import RouteTable
from tests.support.asgi import ask
from tests.support.recording import Recording

pytestmark = pytest.mark.anyio

DEFAULT = Route(DEFAULT_ROUTE_ID, "/<path:rest>", Mode.LEGACY)
EVERY_TRIGGER = frozenset(FallbackTrigger)


class Side:
    """A backend that says its name, and remembers what it was asked."""

    def __init__(self, name: str, status: int = 200) -> None:
        self.name = name
        self.status = status
        self.scopes: list[dict] = []
        self.bodies: list[bytes] = []

    async def __call__(self, scope, receive, send) -> None:
        self.scopes.append(scope)
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        self.bodies.append(body)
        headers = [(b"x-side", self.name.encode())]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.name.encode()})


def raising(error: BaseException, *, after: int = 0):
    """A backend that sends `after` messages and then raises."""

    async def backend(scope, receive, send) -> None:
        messages = [
            {"type": "http.response.start", "status": 500, "headers": []},
            {"type": "http.response.body", "body": b"crashed", "more_body": after == 2},
        ]
        for message in messages[:after]:
            await send(message)
        raise error

    return backend


class House:
    """A door with two sides and a recorder."""

    def __init__(self, *routes: Route, legacy=None, v2=None, default: Route = DEFAULT) -> None:
        self.legacy = legacy or Side("legacy")
        self.v2 = v2 or Side("v2")
        self.legacy_shadow = Side("legacy-shadow")
        self.record = Recording()
        sides = Sides(self.legacy, self.v2, self.legacy_shadow)
        self.lane = ShadowLane(sides, self.record)
        numbers = count(1)
        self.door = Door(
            RouteTable(routes, default, revision="r1"),
            sides,
            self.lane,
            self.record,
            new_id=lambda: f"id-{next(numbers)}",
        )

    async def settle(self) -> None:
        while self.lane.depth:
            await asyncio.sleep(0)


def a_route(mode: Mode = Mode.V2, **fields) -> Route:
    return Route("r", "/r", mode, **fields)


async def test_each_path_is_answered_as_the_map_says() -> None:
    house = House(a_route(Mode.V2))
    assert (await ask(house.door, target="/r")).body == b"v2"
    assert (await ask(house.door, target="/other")).body == b"legacy"
    assert [(served.route_id, served.side, served.mode) for served in house.record.requests] == [
        ("r", "v2", "v2"),
        (DEFAULT_ROUTE_ID, "legacy", "legacy"),
    ]


async def test_assigning_a_table_is_the_flip() -> None:
    house = House(a_route(Mode.LEGACY))
    assert (await ask(house.door, target="/r")).body == b"legacy"
    house.door.table = RouteTable([a_route(Mode.V2)], DEFAULT, revision="r2")
    assert (await ask(house.door, target="/r")).body == b"v2"


async def test_both_sides_see_the_canonical_path_and_only_the_keys_of_the_specification() -> None:
    """Case 29, trap 2."""
    house = House(a_route(Mode.SHADOW, shadows=True))
    scope_keys = {
        "type", "asgi", "http_version", "scheme", "path", "raw_path", "query_string", "root_path", "headers",
        "client", "server", "state", "method",
    }  # fmt: skip
    await ask(house.door, target="/%72?q=%41")
    await house.settle()
    legacy, v2 = house.legacy.scopes[0], house.v2.scopes[0]
    assert legacy["path"] == v2["path"] == "/r"
    assert v2["raw_path"] == b"/r"
    assert legacy["query_string"] == v2["query_string"] == b"q=%41"
    assert set(legacy) == set(v2) == scope_keys
    assert legacy["headers"] is not v2["headers"]


async def test_refused_target_reaches_no_side_and_is_not_reflected() -> None:
    """Case 40."""
    house = House(a_route(Mode.V2))
    answer = await ask(house.door, target="/r/..%2fsecret")
    assert answer.status == 400
    assert b"secret" not in answer.body
    assert answer.header(b"connection") == b"close"
    assert house.record.rejections == ["encoded_slash"]
    assert house.legacy.scopes == house.v2.scopes == []


async def test_duplicate_slashes_of_a_v2_route_redirect_with_their_query() -> None:
    house = House(a_route(Mode.V2))
    answer = await ask(house.door, target="//r?a=1&b=%2F")
    assert (answer.status, answer.header(b"location")) == (308, b"/r?a=1&b=%2F")


async def test_query_bytes_above_ascii_are_a_400() -> None:
    """Case 23, bridge row 8."""
    house = House()
    assert (await ask(house.door, target=b"/x?q=\xff")).status == 400
    assert house.record.rejections == ["query_bytes"]


async def test_canary_keeps_a_client_on_its_side() -> None:
    house = House(a_route(Mode.CANARY, canary=Canary(0.5, Sticky(StickyKind.COOKIE, "session"))))
    sides: dict[int, set[bytes]] = {}
    for number in range(40):
        for _ in range(3):
            answer = await ask(house.door, target="/r", headers=[(b"cookie", f"a=1; session={number}".encode())])
            sides.setdefault(number, set()).add(answer.body)
    assert all(len(seen) == 1 for seen in sides.values())
    assert {b"legacy", b"v2"} == set().union(*sides.values())


async def test_headers_say_who_served_only_when_asked_to() -> None:
    house = House(a_route(Mode.V2))
    assert (await ask(house.door, target="/r")).headers == [(b"x-side", b"v2")]
    house.door.adds_headers = True
    answer = await ask(house.door, target="/r", headers=[(b"x-request-id", b"mine")])
    assert answer.headers == [(b"x-side", b"v2"), (b"x-request-id", b"mine"), (b"x-served-by", b"v2")]


async def test_both_sides_see_the_same_request_id() -> None:
    house = House(a_route(Mode.SHADOW, shadows=True))
    await ask(house.door, target="/r")
    await house.settle()
    ids = [dict(side.scopes[0]["headers"])[b"x-request-id"] for side in (house.legacy, house.v2)]
    assert ids == [b"id-1", b"id-1"]
    assert house.record.requests[0].request_id == "id-1"


# Fallback


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


async def test_a_500_passes_when_only_exceptions_fall_back() -> None:
    route = a_route(Mode.V2, fallback=frozenset({FallbackTrigger.EXCEPTION}))
    house = House(route, v2=Side("v2", status=500))
    answer = await ask(house.door, target="/r")
    assert (answer.status, answer.body, answer.finished) == (500, b"v2", True)


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


# Shadow


async def test_shadow_gets_the_same_bytes_and_knows_what_it_is() -> None:
    """Case 88, trap 3: a body that legacy would leave unread is there for both."""
    policy = ShadowPolicy(methods=frozenset({"POST"}))
    house = House(a_route(Mode.SHADOW, shadows=True, shadow=policy))
    answer = await ask(house.door, "POST", "/r", body=[b"ab", b"cd"])
    await house.settle()
    assert answer.body == b"legacy"
    assert house.legacy.bodies == house.v2.bodies == [b"abcd"]
    assert (b"x-shadow", b"1") in house.v2.scopes[0]["headers"]
    assert (b"x-shadow", b"1") not in house.legacy.scopes[0]["headers"]
    assert house.record.shadows == {"answered": 1}


async def test_shadow_of_v2_is_asked_on_legacys_own_pool() -> None:
    """Trap 6."""
    house = House(a_route(Mode.V2, shadows=True))
    assert (await ask(house.door, target="/r")).body == b"v2"
    await house.settle()
    assert len(house.legacy_shadow.scopes) == 1
    assert house.legacy.scopes == []


async def test_body_over_the_limit_passes_to_one_side_only() -> None:
    """Case 91."""
    policy = ShadowPolicy(methods=frozenset({"POST"}), max_body=5)
    house = House(a_route(Mode.SHADOW, shadows=True, shadow=policy))
    await ask(house.door, "POST", "/r", body=[b"abc", b"def", b"ghi"])
    await house.settle()
    assert house.legacy.bodies == [b"abcdefghi"]
    assert house.v2.bodies == []
    assert house.record.shadow_drops == {"body_too_large": 1}


async def test_non_canonical_target_is_never_shadowed() -> None:
    house = House(Route("r", "/r/<path:rest>", Mode.SHADOW, shadows=True))
    await ask(house.door, target="/r/a%2Fb")
    await house.settle()
    assert house.legacy.scopes[0]["raw_path"] == b"/r/a%2Fb"
    assert house.v2.scopes == []


async def test_answer_that_broke_off_is_not_shadowed() -> None:
    """Case 92."""
    house = House(a_route(Mode.SHADOW, shadows=True), legacy=raising(ClientDisconnected("gone")))
    await ask(house.door, target="/r")
    assert house.record.shadow_drops == {"aborted": 1}
