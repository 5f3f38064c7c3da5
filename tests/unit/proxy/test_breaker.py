"""The breaker's decisions: what opens it, what does not, how it tries again."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.proxy.breaker import (
    OLDEST,
    SECONDS_SEEN,
    SERVING,
    SHADOWING,
    Admission,
    Breaker,
    BreakerPolicy,
    State,
)

PASS, PROBE, REFUSED = Admission.PASS, Admission.PROBE, Admission.REFUSED
outcomes = st.sampled_from([True, False, None])
steps = st.lists(st.tuples(st.floats(0, 3), outcomes), max_size=200)
"""(seconds since the step before, what comes of it if it is asked)"""


def opened(policy: BreakerPolicy = SERVING, patience: float = 5.0) -> tuple[Breaker, float]:
    """A breaker that has just opened, and when."""
    breaker = Breaker(policy, patience)
    for now in itertools.count(100.0):
        breaker.tell(breaker.admit(now), now, failed=True)
        if breaker.state is State.OPEN:
            return breaker, now
    raise AssertionError


def test_it_opens_for_failures_that_go_on() -> None:
    breaker, now = opened()
    assert now == 104.0
    assert breaker.admit(now) is REFUSED
    assert breaker.counts == (5, 5)


@given(st.lists(st.floats(0, 1.99), min_size=1, max_size=300), st.booleans())
def test_a_burst_of_any_size_in_one_moment_opens_nothing(moments: list[float], answers_between: bool) -> None:
    """Case 195: after STOP and CONT, every timer of the process goes off at once."""
    breaker = Breaker(SERVING, 5.0)
    for now in sorted(moments):
        assert breaker.admit(1000.0 + now) is PASS
        breaker.tell(PASS, 1000.0 + now, failed=True)
        if answers_between:
            breaker.tell(PASS, 1000.0 + now, failed=False)
    assert breaker.state is State.CLOSED


@given(st.lists(st.tuples(st.floats(0.01, 30), st.integers(0, 4)), max_size=200))
def test_a_minority_of_failures_opens_nothing(seconds: list[tuple[float, int]]) -> None:
    """Two answers come before every failure, at whatever pace: a third is not half."""
    breaker, now = Breaker(SERVING, 5.0), 0.0
    for pause, failures in seconds:
        now += pause
        for _ in range(failures):
            for failed in (False, False, True):
                breaker.tell(breaker.admit(now), now, failed=failed)
    assert breaker.state is State.CLOSED


@given(steps)
def test_nothing_is_refused_before_enough_has_failed(given_steps: list[tuple[float, bool | None]]) -> None:
    breaker, now, failures = Breaker(SERVING, 5.0), 0.0, 0
    for pause, outcome in given_steps:
        now += pause
        admission = breaker.admit(now)
        assert admission is PASS or failures >= SERVING.failures
        if admission is not REFUSED:
            failures += outcome is True
            breaker.tell(admission, now, failed=outcome)


@given(steps, st.floats(0, 3), st.sampled_from([SERVING, SHADOWING]))
def test_probes_are_a_rest_apart_whatever_comes_of_them(
    given_steps: list[tuple[float, bool | None]], takes: float, policy: BreakerPolicy
) -> None:
    """Case 117: at most one a second."""
    breaker, now = opened(policy)
    last = now
    for pause, outcome in given_steps:
        now += pause
        admission = breaker.admit(now)
        if breaker.state is State.CLOSED:
            break
        if admission is PROBE:
            assert now - last >= policy.rest
            last = now
            now += takes
            breaker.tell(admission, now, failed=outcome)


@given(steps, st.sampled_from([SERVING, SHADOWING]))
def test_whatever_happened_it_closes_once_everything_succeeds(
    given_steps: list[tuple[float, bool | None]], policy: BreakerPolicy
) -> None:
    breaker, now = opened(policy)
    for pause, outcome in given_steps:
        now += pause
        admission = breaker.admit(now)
        if admission is not REFUSED:
            breaker.tell(admission, now, failed=outcome)
    asked = 0
    while breaker.state is not State.CLOSED or not breaker.is_idle:
        now += policy.longest_rest
        admission = breaker.admit(now)
        breaker.tell(admission, now, failed=False)
        asked += admission is not REFUSED
        assert asked <= policy.probes + SECONDS_SEEN
    assert breaker.admit(now) is PASS


def test_one_probe_is_out_at_a_time_and_one_that_never_comes_back_is_given_up() -> None:
    breaker, now = opened(patience=5.0)
    assert breaker.admit(now + 1) is PROBE
    assert breaker.state is State.HALF_OPEN
    assert breaker.admit(now + 5) is REFUSED
    assert breaker.admit(now + 6) is PROBE


def test_a_failed_probe_begins_with_the_successes_anew() -> None:
    breaker, now = opened()
    for failed in (False, False, True, False, False):
        now += 1
        assert breaker.admit(now) is PROBE
        breaker.tell(PROBE, now, failed=failed)
        assert breaker.state in {State.HALF_OPEN, State.OPEN}
    now += 1
    breaker.tell(breaker.admit(now), now, failed=False)
    assert (breaker.state, breaker.is_idle) == (State.CLOSED, True)


def test_the_rests_of_shadows_grow_up_to_ten_minutes() -> None:
    breaker, now = opened(SHADOWING)
    rests = []
    for _ in range(8):
        began = now
        while breaker.admit(now) is not PROBE:
            now += 1
        rests.append(now - began)
        breaker.tell(PROBE, now, failed=True)
    assert rests == [30, 30, 60, 120, 240, 480, 600, 600]


def test_what_was_under_way_when_it_opened_says_nothing() -> None:
    breaker, now = opened()
    breaker.tell(PASS, now + 0.1, failed=False)
    breaker.tell(REFUSED, now + 0.1, failed=True)
    assert (breaker.state, breaker.counts) == (State.OPEN, (5, 5))


@pytest.mark.parametrize("pause", [1.0, 60.0])
def test_a_quiet_route_opens_too(pause: float) -> None:
    breaker = Breaker(SERVING, 5.0)
    for number in range(5):
        breaker.tell(PASS, number * pause, failed=True)
    assert breaker.state is State.OPEN


def test_what_is_long_ago_says_nothing() -> None:
    breaker = Breaker(SERVING, 5.0)
    for number in range(50):
        breaker.tell(PASS, number * (OLDEST / 3), failed=True)
    assert breaker.state is State.CLOSED
