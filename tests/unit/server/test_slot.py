"""When a dead worker's successor may start. That it does is in tests/e2e/test_workers.py."""

from __future__ import annotations

from gateway.server.slot import Backoff


def test_first_deaths_are_replaced_at_once_and_a_crash_loop_waits_longer_and_longer() -> None:
    now = 0.0
    backoff = Backoff(clock=lambda: now)
    delays = [backoff.died() for _ in range(13)]
    assert delays == [0, 0, 0, 0, 0, 0.5, 1, 2, 4, 8, 16, 30, 30]
    now = 61.0
    assert backoff.died() == 0
