"""Quantiles from buckets."""

from __future__ import annotations

import random

import pytest

from gateway.evidence.latency import LatencyPairs, together


def test_nothing_measured_is_nothing() -> None:
    assert LatencyPairs().quantile(0.95) is None


@pytest.mark.parametrize("share", [0.5, 0.95, 0.99, 1.0])
def test_a_quantile_is_right_within_the_width_of_a_bucket(share: float) -> None:
    numbers = random.Random(1)  # noqa: S311 - the same numbers every time
    times = sorted(numbers.lognormvariate(-4, 1) for _ in range(5000))
    pairs = LatencyPairs()
    for seconds in times:
        pairs.add(seconds, seconds * 1.2)
    found = pairs.quantile(share)
    exact = times[max(0, round(share * len(times)) - 1)]
    assert found is not None
    assert found.legacy == pytest.approx(exact, rel=0.03)
    assert found.v2 / found.legacy == pytest.approx(1.2, rel=0.052)
    assert found.pairs == 5000


def test_extremes_count_for_the_ends() -> None:
    pairs = LatencyPairs()
    pairs.add(0.0, 10.0**9)
    found = pairs.quantile(0.95)
    assert found is not None
    assert found.legacy < 2e-5
    assert found.v2 > 1000


def test_it_survives_its_json_and_adds_up() -> None:
    one, other = LatencyPairs(), LatencyPairs()
    one.add(0.01, 0.02)
    other.add(0.01, 0.03)
    assert LatencyPairs.from_json(one.to_json()) == one
    whole = together([one, other])
    assert whole.pairs == 2
    assert one.pairs == 1
    assert repr(whole) == "<LatencyPairs 2>"
