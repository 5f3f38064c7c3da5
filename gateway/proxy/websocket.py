"""WebSocket handshakes: the side of the route is asked, and nothing is compared, held or asked twice."""

from __future__ import annotations

from time import perf_counter

from gateway.asgi import Message, Receive, Scope, Send, fresh_scope
from gateway.errors import BackendError
from gateway.proxy.decide import decide
from gateway.proxy.intake import Intake
from gateway.proxy.record import Served
from gateway.proxy.sides import Sides
from gateway.proxy.sticky import client_address
from gateway.routing.table import Resolution, Routed

SWITCHED = 101
REFUSED = 403
"""What a client sees of a socket that is closed before it was accepted."""

_POLICY_VIOLATION = 1008
_TRY_AGAIN_LATER = 1013


class Handshake:
    """The `send` of a handshake: it passes everything on, and knows how and when it was answered."""

    __slots__ = ("_send", "answered_at", "status")

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0
        self.answered_at = 0.0

    async def __call__(self, message: Message) -> None:
        """Pass one ASGI message on."""
        if not self.status:
            self.status = _status_of(message)
            self.answered_at = perf_counter()
        await self._send(message)


async def answer_websocket(
    scope: Scope, receive: Receive, send: Send, *, intake: Intake, resolution: Resolution, sides: Sides
) -> Served | None:
    """Hand a handshake to the side that would answer a GET of the same target.

    A target that is refused closes the socket with 1008, a side that is down with 1013 (RFC 6455 7.4.1): before the
    handshake is accepted, a client sees both as a refused handshake. Returns when the socket is closed. The record is
    of the handshake; None for a refused target.
    """
    began = perf_counter()
    if not isinstance(resolution, Routed):
        await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": ""})
        return None
    side = decide(scope, intake, resolution, method="GET").serve
    answered = True
    target = fresh_scope(scope, path=resolution.path, raw_path=resolution.raw_path, headers=intake.headers)
    target["state"]["request_id"] = intake.request_id
    handshake = Handshake(send)
    try:
        await sides.serving(side)(target, receive, handshake)
    except BackendError:
        answered = False
        await handshake({"type": "websocket.close", "code": _TRY_AGAIN_LATER, "reason": ""})
    took = (handshake.answered_at or perf_counter()) - began
    return Served(
        request_id=intake.request_id,
        method="GET",
        path=resolution.path,
        route_id=resolution.route.id,
        mode=resolution.route.mode.value,
        side=side.value if answered else "",
        status=handshake.status,
        duration=took,
        backend=took,
        client=client_address(scope),
        fallback="",
        aborted=not handshake.status,
    )


def _status_of(message: Message) -> int:
    match message["type"]:
        case "websocket.accept":
            return SWITCHED
        case "websocket.http.response.start":
            return int(message["status"])
        case _:
            return REFUSED
