"""Marks cover what differs, and nothing is lost or invented."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.console.pages.marks import MOST, Marked, mark, runs
from gateway.console.views.mismatch import LinePart, LineView

TEXT = st.none() | st.text(alphabet='ab1." :{', max_size=12)


def joined(one: Marked) -> str:
    return one.before + one.marked + one.after


@given(TEXT, TEXT)
def test_the_parts_together_are_the_line(legacy: str | None, v2: str | None) -> None:
    one, other = mark(legacy, v2)
    assert joined(one) == (legacy or "")
    assert joined(other) == (v2 or "")


@given(st.text(alphabet="ab1. ", max_size=12), st.text(alphabet="ab1. ", max_size=12))
def test_what_is_not_marked_is_common(legacy: str, v2: str) -> None:
    one, other = mark(legacy, v2)
    assert one.before == other.before or legacy == v2
    assert one.after == other.after or legacy == v2
    assert (one.marked == other.marked == "") == (legacy == v2)


def test_a_mark_covers_whole_values() -> None:
    one, other = mark('"payroll": "249542.90",', '"payroll": 249542.9,')
    assert one == Marked('"payroll": ', '"249542.90"', ",")
    assert other == Marked('"payroll": ', "249542.9", ",")
    assert mark("at: 2025-01-05", "at: 2026-01-05")[0].marked == "2025-01-05"


def test_a_very_long_line_is_marked_whole() -> None:
    long = "x" * (MOST + 1)
    assert mark(long, "y")[0] == Marked("", long, "")


def test_lines_come_in_their_parts_and_a_gap_is_of_the_body() -> None:
    parts = [LinePart.STATUS, LinePart.HEADER, LinePart.HEADER, LinePart.BODY, LinePart.GAP, LinePart.BODY]
    assert [len(run) for run in runs(LineView("", "", part=part) for part in parts)] == [1, 2, 3]
