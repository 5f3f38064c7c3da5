"""Differences and what groups them."""

from __future__ import annotations

from gateway.parity.difference import Comparison, Difference, Kind, Part, Verdict
from tests.unit.parity.answers import a_json, compared


def test_a_wildcard_stands_for_every_index() -> None:
    assert Difference(Part.BODY, "/items/12/tags/0", Kind.ADDED, None, "1").wildcard == "/items/*/tags/*"
    assert Difference(Part.HEADER, "x-1", Kind.ADDED, None, "1").wildcard == "x-1"


def test_but_changes_only_what_is_given() -> None:
    one = Difference(Part.BODY, "/a", Kind.CHANGED, "1", "2", note="n")
    assert one.but(cause="c", excused_by="e") == Difference(Part.BODY, "/a", Kind.CHANGED, "1", "2", "c", "e", "n")


def test_one_mistake_in_a_list_has_one_signature_however_long_the_list_is() -> None:
    few, many = (
        compared(
            a_json([{"id": n, "at": "x"} for n in range(size)]), a_json([{"id": n, "at": "y"} for n in range(size)])
        )
        for size in (2, 60)
    )
    assert few.signature("r") == many.signature("r")
    assert few.signature("r") != few.signature("other")


def test_the_excused_have_no_part_in_a_signature() -> None:
    one, excused = (
        Difference(Part.BODY, "/a", Kind.CHANGED, "1", "2"),
        Difference(Part.BODY, "/b", Kind.CHANGED, "1", "2", excused_by="x"),
    )
    alone, both = Comparison(Verdict.MISMATCH, (one,)), Comparison(Verdict.MISMATCH, (one, excused))
    assert alone.signature("r") == both.signature("r")
    assert both.unexcused == (one,)
