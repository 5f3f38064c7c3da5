"""The life of a request, with real ASGI applications on both sides."""

from __future__ import annotations

import pytest

from gateway.errors import ClientDisconnected
from gateway.routing.mode import Mode
from gateway.routing.route import DEFAULT_ROUTE_ID, Canary, Route, ShadowPolicy, Sticky, StickyKind
from gateway.routing.table import RouteTable
from tests.support.asgi import ask
from tests.support.house import DEFAULT, House, a_route, raising

pytestmark = pytest.mark.anyio


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
    house.door.table = RouteTable([a_route(Mode.V2)], DEFAULT, revision="r2", adds_headers=True)
    answer = await ask(house.door, target="/r", headers=[(b"x-request-id", b"mine")])
    assert answer.headers == [(b"x-side", b"v2"), (b"x-request-id", b"mine"), (b"x-served-by", b"v2")]


async def test_both_sides_see_the_same_request_id() -> None:
    house = House(a_route(Mode.SHADOW, shadows=True))
    await ask(house.door, target="/r")
    await house.settle()
    ids = [side.scopes[0]["state"]["request_id"] for side in (house.legacy, house.v2)]
    assert ids == ["id-1", "id-1"]
    assert house.record.requests[0].request_id == "id-1"


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
