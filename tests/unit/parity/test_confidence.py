"""How much observations say, and that one may look at any time."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.parity.confidence import e_value, shapes_needed, wilson_lower


@pytest.mark.parametrize(("parity", "needed"), [(0.99, 381), (0.995, 765), (0.999, 3838), (0.9999, 38411)])
def test_wilson_needs_what_is_published(parity: float, needed: int) -> None:
    assert wilson_lower(needed, needed, 0.95) >= parity > wilson_lower(needed - 1, needed - 1, 0.95)


def test_one_in_a_thousand_at_95_percent_needs_about_3400_shapes() -> None:
    assert shapes_needed(0, 0.001, 0.05) == 3421
    assert e_value(3421, 0, 0.001) >= 20 > e_value(3420, 0, 0.001)


@given(st.integers(0, 5000), st.integers(0, 50), st.sampled_from([0.01, 0.001]))
def test_evidence_grows_with_agreement_and_shrinks_with_every_difference(shapes: int, differing: int, p: float) -> None:
    shapes += differing
    here = e_value(shapes, differing, p)
    assert e_value(shapes + 1, differing, p) >= here
    assert e_value(shapes + 1, differing + 1, p) <= here


def test_no_observation_is_no_evidence() -> None:
    assert e_value(0, 0, 0.001) == pytest.approx(1.0)
    assert wilson_lower(0, 0, 0.95) == 0.0


def promoted(rate: float, rule, runs: int, horizon: int) -> float:
    """The share of runs in which `rule` says ready at any of the looks; it is asked after every request."""
    chance = random.Random(20261120)  # noqa: S311 - a simulation
    count = 0
    for _ in range(runs):
        shapes = differing = 0
        while shapes < horizon:
            # To the next difference in one step: while all agree, the evidence only grows.
            gap = min(int(chance.expovariate(rate)) if rate else horizon, horizon - shapes)
            shapes += gap
            if rule(shapes, differing):
                count += 1
                break
            if shapes < horizon:
                shapes += 1
                differing += 1
    return count / runs


def e_process(shapes: int, differing: int) -> bool:
    return e_value(shapes, differing, 0.001) >= 20


def raw_ratio(shapes: int, differing: int) -> bool:
    return shapes >= 100 and 1 - differing / shapes >= 0.999


def wilson(shapes: int, differing: int) -> bool:
    return wilson_lower(shapes - differing, shapes, 0.95) >= 0.999


def test_looking_after_every_request_never_promotes_a_bad_route_more_often_than_promised() -> None:
    """The table of false promotions: up to 20,000 requests, 99.9 % wanted, at several true rates of mismatch."""
    shares = {
        rule.__name__: [promoted(rate, rule, 2000, 20_000) for rate in (0.01, 0.005, 0.002, 0.001)]
        for rule in (raw_ratio, wilson, e_process)
    }
    # A raw ratio promotes a route that is ten times too bad in a third of the cases, and nearly all at the border.
    assert shares["raw_ratio"][0] > 0.25
    assert shares["raw_ratio"][3] > 0.9
    # Wilson's interval is not made for looking again and again: at the border it promises 2.5 % and gives more.
    assert shares["wilson"][3] > 0.025
    assert all(share <= 0.002 for share in shares["e_process"][:2])
    assert shares["e_process"][2] <= 0.01
    assert shares["e_process"][3] <= 0.05 + 0.015  # and the error of 2,000 runs


def test_a_good_route_is_promoted() -> None:
    assert promoted(0.00005, e_process, 500, 20_000) == 1.0
