"""WebSocket handshakes: the side of the route is asked, and nothing is compared, held or asked twice."""

from __future__ import annotations

from gateway.asgi import Receive, Scope, Send, fresh_scope
from gateway.errors import BackendError
from gateway.proxy.decide import decide
from gateway.proxy.intake import Intake
from gateway.proxy.sides import Sides
from gateway.routing.table import Resolution, Routed

_POLICY_VIOLATION = 1008
_TRY_AGAIN_LATER = 1013


async def answer_websocket(
    scope: Scope, receive: Receive, send: Send, *, intake: Intake, resolution: Resolution, sides: Sides
) -> None:
    """Hand a handshake to the side that would answer a GET of the same target.

    A target that is refused closes the socket with 1008, a side that is down with 1013 (RFC 6455 7.4.1): before the
    handshake is accepted, a client sees both as a refused handshake.
    """
    if not isinstance(resolution, Routed):
        await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": ""})
        return
    side = decide(scope, intake, resolution, method="GET").serve
    target = fresh_scope(scope, path=resolution.path, raw_path=resolution.raw_path, headers=intake.headers)
    target["state"]["request_id"] = intake.request_id
    try:
        await sides.serving(side)(target, receive, send)
    except BackendError:
        await send({"type": "websocket.close", "code": _TRY_AGAIN_LATER, "reason": ""})
