"""What of a request decides its plan."""

from __future__ import annotations

from gateway.exchange import Side
from gateway.proxy.decide import decide
from gateway.proxy.intake import take_in
from gateway.routing.mode import Mode
from gateway.routing.plan import draw
from gateway.routing.route import Canary, Route, ShadowPolicy, Sticky, StickyKind
from gateway.routing.table import Routed
from tests.support.asgi import a_scope


def test_canary_draws_on_the_sticky_key_alone() -> None:
    share = draw("r", "abc") + 1e-9
    route = Route("r", "/r", Mode.CANARY, canary=Canary(share, Sticky(StickyKind.HEADER, "x-user")))
    intake = take_in([(b"x-user", b"abc")], new_id="any")
    for scope in (a_scope(), a_scope() | {"client": ("198.51.100.1", 1)}):
        assert decide(scope, intake, Routed(route, "/r", b"/r"), method="GET").serve is Side.V2


def test_sample_draws_on_the_request_id() -> None:
    """Case 102: the same request is sampled or not, wherever it is looked at."""
    sample = draw("r", "id-7") + 1e-9
    route = Route("r", "/r", Mode.SHADOW, shadows=True, shadow=ShadowPolicy(sample=sample))
    routed = Routed(route, "/r", b"/r")
    assert decide(a_scope(), take_in([], new_id="id-7"), routed, method="GET").shadow is Side.V2
    shadowed = [
        decide(a_scope(), take_in([], new_id=f"id-{n}"), routed, method="GET").shadow is not None for n in range(500)
    ]
    assert shadowed == [draw("r", f"id-{n}") < sample for n in range(500)]


def test_what_only_legacy_may_see_is_not_shadowed() -> None:
    route = Route("r", "/r", Mode.SHADOW, shadows=True)
    plan = decide(a_scope(), take_in([], new_id="i"), Routed(route, "/r", b"//r", verbatim=True), method="GET")
    assert (plan.serve, plan.shadow) == (Side.LEGACY, None)
