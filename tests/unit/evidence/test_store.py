"""The limits that every store keeps to."""

from __future__ import annotations

from gateway.evidence.store import SAMPLES, SHAPES, Limits, Pruned


def test_the_limits_leave_room_for_the_strictest_gate() -> None:
    """99.99 % needs 38,411 shapes by Wilson's bound."""
    assert Limits() == Limits(SHAPES, SAMPLES)
    assert SHAPES > 38_411
    assert SAMPLES == 20
    assert Pruned() == Pruned(0, 0, 0)
