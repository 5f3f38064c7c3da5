"""How often an address may be wrong."""

from __future__ import annotations

from gateway.console.attempts import FREE, MOST, WINDOW_SECONDS, Attempts


def test_a_few_wrong_tokens_cost_nothing_and_many_cost_a_minute() -> None:
    now = [50.0]
    attempts = Attempts(lambda: now[0])
    for _ in range(FREE):
        assert attempts.wait("10.0.0.1") == 0
        attempts.failed("10.0.0.1")
    assert attempts.wait("10.0.0.1") == WINDOW_SECONDS
    assert attempts.wait("10.0.0.2") == 0
    now[0] += WINDOW_SECONDS
    assert attempts.wait("10.0.0.1") == 0


def test_addresses_are_bounded() -> None:
    attempts = Attempts(lambda: 0.0)
    for _ in range(FREE):
        attempts.failed("first")
    for number in range(MOST):
        attempts.failed(str(number))
    assert attempts.wait("first") == 0
