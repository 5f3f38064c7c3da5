"""The plan of one request: what of it the decision needs, and the decision."""

from __future__ import annotations

from gateway.asgi import Scope
from gateway.proxy.intake import Intake
from gateway.proxy.sticky import sticky_key
from gateway.routing.plan import Plan, draw, needs_draw, plan, settled_plan
from gateway.routing.route import Sticky
from gateway.routing.table import Routed


def decide(scope: Scope, intake: Intake, routed: Routed, *, method: str) -> Plan:
    """Who answers, and who is asked behind it. One draw a request, and only where a draw matters."""
    route = routed.route
    if not route.shadows and not needs_draw(route):
        return settled_plan(route)
    drawn = 0.0
    if needs_draw(route):
        sticky = route.canary.sticky if route.canary is not None else Sticky()
        drawn = draw(route.id, sticky_key(sticky, scope, intake.headers))
    # The request's id is the sample's key, so that a request is sampled or not wherever it is looked at.
    sampled = draw(route.id, intake.request_id) if route.shadows and route.shadow.sample < 1 else 0.0
    decided = plan(route, method=method, drawn=drawn, sampled=sampled)
    # What only legacy may see, v2 is not asked about.
    return Plan(decided.serve, None, decided.why) if routed.verbatim else decided
