"""Who answers one request, and whether the other side is asked behind it. Pure: the same draw gives the same plan."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import assert_never

from gateway.exchange import Side
from gateway.routing.mode import Mode
from gateway.routing.route import Route


@dataclass(frozen=True, slots=True)
class Plan:
    """`serve` answers the client; `shadow`, if any, is asked after that; `why` is for the log and the trace."""

    serve: Side
    shadow: Side | None
    why: str


def draw(route_id: str, key: str) -> float:
    """The number in [0, 1) that a sticky key hashes to on a route.

    blake2b, so it is the same in every process and on every day. The route's id is part of it, so that a client who
    draws low on one canary does not draw low on all of them.
    """
    digest = blake2b(key.encode("utf-8", "surrogateescape"), key=route_id.encode()[:64], digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 11) / (1 << 53)


def plan(route: Route, *, method: str, drawn: float, sampled: float) -> Plan:
    """Decide one request.

    `drawn` is the sticky key's draw and decides the canary: a client is on v2 while it is below the share, so raising
    the share never moves a client back. `sampled` is the request's own draw and decides the shadow.
    """
    serve, why = _served_by(route, drawn)
    if not route.shadows or method not in route.shadow.methods or sampled >= route.shadow.sample:
        return Plan(serve, None, why)
    return Plan(serve, serve.other, why)


def settled_plan(route: Route) -> Plan:
    """The plan of a route without a shadow and without a canary: it is the same for every request."""
    return _SETTLED[route.mode]


def needs_draw(route: Route) -> bool:
    """Whether the sticky key of a request matters at all: only while a canary is open."""
    return route.mode is Mode.CANARY


def may_serve(route: Route, side: Side) -> bool:
    """Whether any request of this route can be answered by `side`."""
    if route.mode is Mode.CANARY:
        return True
    return _served_by(route, 0.0)[0] is side


def _served_by(route: Route, drawn: float) -> tuple[Side, str]:
    match route.mode:
        case Mode.LEGACY | Mode.SHADOW:
            return Side.LEGACY, route.mode.value
        case Mode.CANARY:
            share = route.canary.share if route.canary is not None else 0.0
            return (Side.V2, "canary") if drawn < share else (Side.LEGACY, "canary")
        case Mode.V2:
            return Side.V2, route.mode.value
        case _:
            assert_never(route.mode)


_SETTLED = {mode: plan(Route("", "", mode), method="", drawn=1.0, sampled=1.0) for mode in Mode}
