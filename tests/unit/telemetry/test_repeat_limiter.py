"""What repeats is one line in an interval, and says how often it was left out."""

from __future__ import annotations

from gateway.telemetry.repeat_limiter import KEYS, RepeatLimiter


def test_first_line_goes_through_and_repeats_are_counted() -> None:
    now = [0.0]
    limiter = RepeatLimiter(interval=60, clock=lambda: now[0])
    assert [limiter.admit("a") for _ in range(4)] == [0, None, None, None]
    now[0] = 60
    assert [limiter.admit("a"), limiter.admit("a")] == [3, None]
    now[0] = 120
    assert limiter.admit("a") == 1


def test_keys_do_not_hide_each_other() -> None:
    limiter = RepeatLimiter()
    assert [limiter.admit("a"), limiter.admit("b"), limiter.admit("a")] == [0, 0, None]


def test_memory_is_bounded_and_a_forgotten_line_is_logged_again() -> None:
    limiter = RepeatLimiter()
    for number in range(KEYS):
        limiter.admit(number)
    assert limiter.admit(0) is None
    limiter.admit("one more")
    assert limiter.admit(0) == 0
