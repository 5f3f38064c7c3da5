"""WebSocket handshakes at the door."""

from __future__ import annotations

import pytest

from gateway.errors import BackendUnavailable
from gateway.exchange import Side
from gateway.proxy.intake import take_in
from gateway.proxy.sides import Sides
from gateway.proxy.websocket import answer_websocket
from gateway.routing.mode import Mode
from gateway.routing.route import Route
from gateway.routing.table import Rejected, Resolution, Routed
from tests.support.asgi import a_scope

pytestmark = pytest.mark.anyio

RAW = [(b"connection", b"Upgrade"), (b"upgrade", b"websocket"), (b"x_odd", b"1")]


class Echo:
    def __init__(self) -> None:
        self.scopes: list[dict] = []

    async def __call__(self, scope, receive, send) -> None:
        self.scopes.append(scope)
        await send({"type": "websocket.accept"})


async def down(scope, receive, send) -> None:
    raise BackendUnavailable("down")


async def handshake(resolution: Resolution, sides: Sides, served: list | None = None) -> list[dict]:
    sent: list[dict] = []

    async def send(message) -> None:
        sent.append(message)

    async def receive() -> dict:
        return {"type": "websocket.connect"}

    scope = a_scope(headers=RAW) | {"type": "websocket", "scheme": "ws", "subprotocols": ["chat"]}
    intake = take_in(RAW, new_id="i", keep_upgrade=True)
    record = await answer_websocket(scope, receive, send, intake=intake, resolution=resolution, sides=sides)
    if served is not None:
        served.append(record)
    return sent


@pytest.mark.parametrize("side", list(Side))
async def test_handshake_goes_to_the_side_of_its_route(side: Side) -> None:
    """Case 54."""
    legacy, v2 = Echo(), Echo()
    mode = Mode.LEGACY if side is Side.LEGACY else Mode.V2
    sent = await handshake(Routed(Route("ws", "/ws", mode), "/ws", b"/ws"), Sides(legacy, v2, down, down))
    assert sent == [{"type": "websocket.accept"}]
    scope = (legacy if side is Side.LEGACY else v2).scopes[0]
    assert (scope["path"], scope["subprotocols"]) == ("/ws", ["chat"])
    assert scope["headers"] == RAW[:2]


async def test_a_side_that_is_down_refuses_the_handshake() -> None:
    sent = await handshake(Routed(Route("ws", "/ws", Mode.V2), "/ws", b"/ws"), Sides(down, down, down, down))
    assert sent == [{"type": "websocket.close", "code": 1013, "reason": ""}]


async def test_a_refused_target_refuses_the_handshake() -> None:
    sent = await handshake(Rejected(400, "dot_segment"), Sides(down, down, down, down))
    assert sent == [{"type": "websocket.close", "code": 1008, "reason": ""}]


async def denies(scope, receive, send) -> None:
    await send({"type": "websocket.http.response.start", "status": 404, "headers": []})
    await send({"type": "websocket.http.response.body", "body": b"no"})


async def closes(scope, receive, send) -> None:
    await send({"type": "websocket.close", "code": 1000})


@pytest.mark.parametrize(
    ("v2", "status", "side"), [(Echo(), 101, "v2"), (denies, 404, "v2"), (closes, 403, "v2"), (down, 403, "")]
)
async def test_handshake_is_recorded_with_what_the_client_saw(v2, status: int, side: str) -> None:
    """Case 54."""
    served: list = []
    await handshake(Routed(Route("ws", "/ws", Mode.V2), "/ws", b"/ws"), Sides(down, v2, down, down), served)
    assert (served[0].status, served[0].side, served[0].route_id) == (status, side, "ws")
