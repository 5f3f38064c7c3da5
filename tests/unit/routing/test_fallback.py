"""When legacy may answer in v2's place."""

from __future__ import annotations

import pytest

from gateway.exchange import Side
from gateway.routing.fallback import may_fall_back
from gateway.routing.mode import Mode
from gateway.routing.route import FallbackTrigger, Route

ROUTE = Route("r", "/r", Mode.V2, fallback=frozenset({FallbackTrigger.TIMEOUT}))


@pytest.mark.parametrize(
    ("method", "asked", "allowed"),
    [("GET", True, True), ("HEAD", True, True), ("POST", True, False), ("POST", False, True), ("OPTIONS", True, False)],
)
def test_only_what_may_be_asked_twice_falls_back_after_it_was_asked(method: str, asked: bool, allowed: bool) -> None:
    """Case 116."""
    triggers = [FallbackTrigger.TIMEOUT]
    assert may_fall_back(ROUTE, served_by=Side.V2, triggers=triggers, method=method, asked=asked) is allowed


def test_legacy_never_falls_back_to_itself() -> None:
    triggers = list(FallbackTrigger)
    assert not may_fall_back(ROUTE, served_by=Side.LEGACY, triggers=triggers, method="GET", asked=False)


def test_only_the_triggers_of_the_route_count() -> None:
    triggers = [FallbackTrigger.EXCEPTION, FallbackTrigger.SERVER_ERROR]
    assert not may_fall_back(ROUTE, served_by=Side.V2, triggers=triggers, method="GET", asked=True)
