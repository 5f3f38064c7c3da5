"""A list whose every row differs in one member is one place, and everything else stays its own."""

from __future__ import annotations

from dataclasses import replace

from gateway.console.pages.places import places
from gateway.console.views.mismatch import DifferenceView

ONE = DifferenceView(
    "body",
    "/items/0/at",
    "changed",
    "Sun, 05 Jan 2025",
    "2025-01-05",
    "json.date-format",
    None,
    "",
    "$.items[*].at",
    None,
)


def test_the_same_member_of_every_row_is_one_place_with_the_first_values() -> None:
    rows = [replace(ONE, location=f"/items/{number}/at", legacy=f"day {number}") for number in range(40)]
    (found,) = places(rows)
    assert (found.times, found.first.legacy, found.name) == (40, "day 0", "body $.items[*].at")


def test_one_difference_keeps_its_own_location() -> None:
    (found,) = places([ONE])
    assert (found.times, found.name) == (1, "body /items/0/at")
    assert places([replace(ONE, part="status", location="", at=None)])[0].name == "status"


def test_what_differs_otherwise_is_excused_or_lies_elsewhere_is_not_thrown_together() -> None:
    others = [
        replace(ONE, kind="removed"),
        replace(ONE, cause="unexplained"),
        replace(ONE, excused_by="a clock"),
        replace(ONE, note="an excuse for it is over"),
        replace(ONE, at="$.items[*].to", location="/items/0/to"),
        replace(ONE, part="header", at=None, location="etag", header="etag"),
        replace(ONE, part="header", at=None, location="vary", header="vary"),
    ]
    assert [place.times for place in places([ONE, *others])] == [1] * 8


def test_nothing_is_lost() -> None:
    rows = [replace(ONE, at=f"$.a{number % 3}", location=f"/a{number % 3}") for number in range(100)]
    assert sum(place.times for place in places(rows)) == 100
    assert [place.name for place in places(rows)] == ["body $.a0", "body $.a1", "body $.a2"]
