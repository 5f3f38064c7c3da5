"""Drawings fill their room, keep their order, and show what is small."""

from __future__ import annotations

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gateway.console.pages.drawing import TICKS, WIDTH, nines, pieces, sparkline

SHARES = st.lists(st.floats(0, 1e6, allow_nan=False), max_size=6)


@given(SHARES)
def test_parts_of_a_bar_fill_it_and_do_not_overlap(values: list[float]) -> None:
    drawn = pieces((str(number), value) for number, value in enumerate(values))
    end = 0.0
    for piece in drawn:
        assert piece.x >= end - 0.02
        assert piece.width > 0
        end = piece.x + piece.width
    assert not drawn or math.isclose(end, WIDTH, abs_tol=0.1)
    assert [piece.name for piece in drawn] == [str(number) for number, value in enumerate(values) if value]


def test_a_small_part_is_seen() -> None:
    small = pieces([("legacy", 1_000_000.0), ("v2", 1.0)])[1]
    assert small.width > 5


def test_nothing_has_no_parts() -> None:
    assert pieces([("legacy", None), ("v2", 0.0)]) == ()


@given(st.floats(0, 1), st.floats(0, 1))
def test_better_parity_is_never_drawn_to_the_left(one: float, other: float) -> None:
    assert (nines(one) <= nines(other)) or one > other
    assert 0 <= nines(one) <= WIDTH


def test_each_nine_is_as_far_as_the_one_before() -> None:
    places = [nines(tick) for tick in TICKS]
    steps = [after - before for before, after in pairwise(places)]
    assert max(steps) - min(steps) < 0.1


def test_sparkline_leaves_a_gap_where_nothing_is_known() -> None:
    path = sparkline([1.0, 2.0, None, 1.0])
    assert path.count("M") == 2
    assert path.count("L") == 1
    assert sparkline([None, None]) == ""
    assert "nan" not in sparkline([0.0])
