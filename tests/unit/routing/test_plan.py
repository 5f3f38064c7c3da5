"""Who answers, and who is asked behind it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.exchange import Side
from gateway.routing.mode import Mode
from gateway.routing.plan import draw, may_serve, needs_draw, plan
from gateway.routing.route import Canary, Route, ShadowPolicy

SHARES = st.floats(0, 1)


def a_route(mode: Mode, **fields) -> Route:
    return Route("r", "/r", mode, **fields)


def test_each_mode_serves_its_side() -> None:
    served = {mode: plan(a_route(mode), method="GET", drawn=0.0, sampled=0.0).serve for mode in Mode}
    assert served == {
        Mode.LEGACY: Side.LEGACY,
        Mode.SHADOW: Side.LEGACY,
        Mode.CANARY: Side.LEGACY,  # a canary without a share is none
        Mode.V2: Side.V2,
    }


def test_shadow_asks_the_other_side_in_every_mode() -> None:
    for mode in Mode:
        decided = plan(a_route(mode, shadows=True), method="GET", drawn=0.0, sampled=0.0)
        assert decided.shadow is decided.serve.other


def test_writes_are_not_shadowed_unless_the_route_says_so() -> None:
    """Case 88."""
    assert plan(a_route(Mode.SHADOW, shadows=True), method="POST", drawn=0.0, sampled=0.0).shadow is None
    opted_in = a_route(Mode.SHADOW, shadows=True, shadow=ShadowPolicy(methods=frozenset({"GET", "POST"})))
    assert plan(opted_in, method="POST", drawn=0.0, sampled=0.0).shadow is Side.V2


@given(SHARES, SHARES, st.text(max_size=20))
def test_raising_the_share_never_moves_a_client_back(one: float, other: float, key: str) -> None:
    low, high = sorted((one, other))
    drawn = draw("r", key)
    if plan(a_route(Mode.CANARY, canary=Canary(low)), method="GET", drawn=drawn, sampled=1.0).serve is Side.V2:
        assert plan(a_route(Mode.CANARY, canary=Canary(high)), method="GET", drawn=drawn, sampled=1.0).serve is Side.V2


@given(st.text(max_size=50))
def test_a_draw_is_a_share_and_everybody_is_below_the_whole(key: str) -> None:
    assert 0 <= draw("r", key) < 1
    route = a_route(Mode.CANARY, canary=Canary(1.0))
    assert plan(route, method="GET", drawn=draw("r", key), sampled=1.0).serve is Side.V2


def test_a_draw_is_the_same_in_every_process() -> None:
    assert round(draw("employees.get", "session-1"), 6) == 0.174078


def test_clients_who_draw_low_on_one_route_do_not_on_all() -> None:
    keys = [f"client-{number}" for number in range(2000)]
    both = sum(draw("a", key) < 0.1 and draw("b", key) < 0.1 for key in keys)
    assert both < 60  # 20 expected if independent, 200 if not


def test_sample_mirrors_its_share() -> None:
    """Case 102: 10 % of 10,000 is 1,000 within three sigma."""
    route = a_route(Mode.SHADOW, shadows=True, shadow=ShadowPolicy(sample=0.1))
    mirrored = sum(
        plan(route, method="GET", drawn=0.0, sampled=draw("r", f"request-{number}")).shadow is not None
        for number in range(10_000)
    )
    assert 910 <= mirrored <= 1090


def test_only_an_open_canary_needs_a_draw_and_may_serve_both() -> None:
    assert [mode for mode in Mode if needs_draw(a_route(mode))] == [Mode.CANARY]
    assert [mode for mode in Mode if may_serve(a_route(mode), Side.V2)] == [Mode.CANARY, Mode.V2]
    assert [mode for mode in Mode if may_serve(a_route(mode), Side.LEGACY)] == [Mode.LEGACY, Mode.SHADOW, Mode.CANARY]
