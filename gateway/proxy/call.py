"""One request on its way through the door."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.asgi import RawHeaders, Receive, Scope, fresh_scope
from gateway.exchange import Side
from gateway.proxy.body import Body
from gateway.proxy.intake import Intake
from gateway.proxy.relay import Relay
from gateway.routing.plan import Plan
from gateway.routing.route import Route
from gateway.routing.table import Routed


@dataclass(slots=True)
class Call:
    """What is known of a request, and what has become of it so far.

    `began` and `waited` are in seconds of the monotonic clock: when its head was there, and how long sides were waited
    for. `body` is None unless the request's body was read in advance. `served_by` is None while no side has answered.
    """

    scope: Scope
    receive: Receive
    relay: Relay
    intake: Intake
    routed: Routed
    plan: Plan
    began: float
    body: Body | None = None
    waited: float = 0.0
    served_by: Side | None = None
    fallback: str = ""

    @property
    def route(self) -> Route:
        """The route that the request belongs to."""
        return self.routed.route

    @property
    def method(self) -> str:
        """The request's method, as it was sent."""
        return str(self.scope["method"])

    @property
    def is_replayable(self) -> bool:
        """Whether a second side can be given the same body."""
        return not self.intake.has_body or (self.body is not None and self.body.content is not None)

    def scope_for(self, side: Side, *, extra: RawHeaders | None = None) -> Scope:
        """A fresh scope for a side: the canonical path for v2, the client's own spelling of the same for legacy.

        The request's id is in `scope["state"]["request_id"]`, so that a side can know it and its headers are the
        client's.
        """
        headers = [*self.intake.headers, *(extra or ())]
        raw_path = self.scope["raw_path"] if side is Side.LEGACY else self.routed.raw_path
        scope = fresh_scope(self.scope, path=self.routed.path, raw_path=raw_path, headers=headers)
        scope["state"]["request_id"] = self.intake.request_id
        return scope
