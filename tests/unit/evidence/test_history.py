"""What routes did, and what becomes of it with time."""

from __future__ import annotations

import re

import pytest

from gateway.evidence.history import (
    BOUNDS,
    HOUR,
    MINUTES_KEPT,
    ROW_BYTES,
    Period,
    added,
    coarsened,
    fold_before,
    quantile,
    room_in,
    rung,
)
from gateway.mapfile.values import ROUTE_ID
from gateway.telemetry.families import DURATION_BOUNDS

NOW = 1_800_000_000.0  # a full hour


def test_buckets_are_those_that_the_door_counts_in() -> None:
    assert BOUNDS == DURATION_BOUNDS


def test_no_route_can_be_called_as_a_rung_is() -> None:

    assert not re.fullmatch(ROUTE_ID, rung("shadow"))


def test_a_quantile_is_between_the_bounds_of_its_bucket() -> None:
    times = (0, 0, 10)  # ten between 5 and 10 ms
    assert quantile(times, 0.5) == pytest.approx(0.0075)
    assert quantile(times, 1.0) == pytest.approx(0.010)
    assert quantile((1,) + (0,) * 10 + (99,), 0.95) == BOUNDS[-1]
    assert quantile((), 0.5) is None
    assert quantile((0, 0), 0.5) is None


def test_periods_of_several_keys_are_added_up_by_key() -> None:
    periods = [Period("a", 60, 60, legacy=1), Period("b", 60, 60, v2=1), Period("a", 120, 60, legacy=2, differed=1)]
    assert coarsened(periods, HOUR) == [Period("a", 0, HOUR, legacy=3, differed=1), Period("b", 0, HOUR, v2=1)]
    assert added((1,), (1, 2)) == (2, 2)


@pytest.mark.parametrize(
    ("newest_without_room", "cutoff"),
    [
        (None, NOW - MINUTES_KEPT),
        (NOW - MINUTES_KEPT - 60, NOW - MINUTES_KEPT),
        (NOW - 2 * HOUR, NOW - HOUR),
        (NOW - 61, NOW),
        (NOW + 120, NOW),
    ],
)
def test_minutes_are_folded_by_whole_hours_and_never_the_one_that_goes_on(
    newest_without_room: float | None, cutoff: float
) -> None:
    nth = None if newest_without_room is None else int(newest_without_room)
    assert fold_before(NOW + 180, nth) == cutoff


def test_history_takes_a_part_of_what_evidence_may_take() -> None:
    room = room_in(512 * 1024**2)
    assert (room.minutes + room.hours) * ROW_BYTES <= 512 * 1024**2 / 4
    assert room.hours > 2_000 * 24 * 10, "ten days of hours for 2,000 routes that never rest"
