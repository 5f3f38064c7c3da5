"""The breakers of one purpose: a route without failures has none, and a map that changes a route ends its own."""

from __future__ import annotations

from dataclasses import replace

from gateway.proxy.breaker import Admission
from gateway.proxy.breakers import Breakers, serving_breakers, shadowing_breakers
from gateway.routing.mode import Mode
from gateway.routing.route import Route

ROUTE = Route("r", "/r", Mode.V2)
OTHER = Route("other", "/o", Mode.V2)


def fail(breakers: Breakers, route: Route = ROUTE, times: int = 5) -> None:
    for now in range(times):
        breakers.tell(route, Admission.PASS, float(now), failed=True, patience=1.0)


def test_a_route_is_known_while_it_has_a_failure_in_sight() -> None:
    breakers = serving_breakers()
    breakers.tell(ROUTE, Admission.PASS, 0.0, failed=False, patience=1.0)
    assert breakers.states() == {}
    fail(breakers, times=1)
    assert breakers.states() == {("r", "serving"): 0.0}
    for second in range(1, 12):
        breakers.tell(ROUTE, Admission.PASS, float(second), failed=False, patience=1.0)
    assert breakers.states() == {}


def test_one_route_is_not_refused_for_another() -> None:
    breakers = shadowing_breakers()
    fail(breakers)
    assert breakers.states() == {("r", "shadowing"): 1.0}
    assert (breakers.admit(ROUTE, 5.0), breakers.admit(OTHER, 5.0)) == (Admission.REFUSED, Admission.PASS)


def test_opening_and_closing_are_said_once_in_a_sentence() -> None:
    said: list[tuple[str, str]] = []
    breakers = serving_breakers(lambda event, message: said.append((event, message)))
    fail(breakers)
    now = 5.0
    while breakers.states():
        breakers.tell(ROUTE, breakers.admit(ROUTE, now), now, failed=False, patience=1.0)
        now += 1
    assert said == [
        ("breaker_opened", "r: 5 of the last 5 failed; legacy answers, and one request a second tries v2"),
        ("breaker_closed", "r: v2 answers again"),
    ]


def test_a_probe_under_way_is_half() -> None:
    breakers = serving_breakers()
    fail(breakers)
    assert breakers.admit(ROUTE, 6.0) is Admission.PROBE
    assert breakers.states() == {("r", "serving"): 0.5}


def test_a_map_that_leaves_the_route_as_it_is_keeps_its_breaker() -> None:
    breakers = serving_breakers()
    fail(breakers)
    fail(breakers, OTHER)
    breakers.keep([replace(ROUTE), replace(OTHER, timeout=1.0)])
    assert breakers.states() == {("r", "serving"): 1.0}
    breakers.keep([])
    assert breakers.states() == {}
