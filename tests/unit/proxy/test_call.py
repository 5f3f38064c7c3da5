"""One request on its way through the door."""

from __future__ import annotations

from gateway.exchange import Side
from gateway.proxy.body import Body
from gateway.proxy.call import Call
from gateway.proxy.intake import take_in
from gateway.proxy.relay import Relay
from gateway.routing.mode import Mode
from gateway.routing.plan import Plan
from gateway.routing.route import Route
from gateway.routing.table import Routed
from tests.support.asgi import a_scope


async def nothing(*_) -> None:
    return None


def a_call(headers: list[tuple[bytes, bytes]]) -> Call:
    route = Route("r", "/é", Mode.V2)
    scope = a_scope(target=b"/%c3%a9", headers=headers) | {"app": "the host's", "root_path": "/host"}
    intake = take_in(headers, new_id="i")
    return Call(scope, nothing, Relay(nothing), intake, Routed(route, "/é", b"/%C3%A9"), Plan(Side.V2, None, "v2"), 0.0)


def test_a_side_gets_a_scope_of_its_own() -> None:
    """Case 85, trap 2."""
    call = a_call([])
    first, second = call.scope_for(Side.V2), call.scope_for(Side.V2)
    first["headers"].append((b"x", b"y"))
    first["state"]["x"] = 1
    assert "app" not in first
    assert second["headers"] == []
    assert (second["state"], second["root_path"]) == ({"request_id": "i"}, "")


def test_v2_sees_the_canonical_spelling_and_legacy_the_clients_of_the_same_path() -> None:
    call = a_call([])
    v2, legacy = call.scope_for(Side.V2), call.scope_for(Side.LEGACY)
    assert (v2["path"], v2["raw_path"]) == ("/é", b"/%C3%A9")
    assert (legacy["path"], legacy["raw_path"]) == ("/é", b"/%c3%a9")


def test_a_body_that_was_not_read_in_advance_cannot_be_given_twice() -> None:
    call = a_call([(b"content-length", b"3")])
    assert not call.is_replayable
    call.body = Body(None, ())
    assert not call.is_replayable
    call.body = Body(b"abc", ())
    assert call.is_replayable
    assert a_call([]).is_replayable
