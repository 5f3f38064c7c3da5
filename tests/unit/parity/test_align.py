"""Which elements belong together."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.parity.align import Fingerprints, TooMuch, aligned, matched, same_start


def pairs(legacy: list[Any], v2: list[Any], *, peek: bool = True) -> list[tuple[int | None, int | None]]:
    return list(aligned(legacy, v2, Fingerprints(), peek=peek).pairs)


@pytest.mark.parametrize("peek", [True, False])
def test_one_is_inserted(peek: bool) -> None:
    found = pairs([*"abc"], [*"xabc"], peek=peek)
    assert (None, 0) in found
    assert all(ours is None or theirs == ours + 1 for ours, theirs in found)


def test_equal_ends_are_left_out() -> None:
    assert pairs([*"abcde"], [*"abXde"]) == [(2, 2)]


def test_objects_are_told_apart_by_what_differs_between_them() -> None:
    legacy = [{"type": "x", "sku": f"s{n}", "at": "old"} for n in range(4)]
    v2 = [{"type": "x", "sku": f"s{n}", "at": "new"} for n in (0, 2, 3)]
    assert sorted(pairs(legacy, v2), key=str) == [(0, 0), (1, None), (2, 1), (3, 2)]


def test_without_anything_in_common_position_decides() -> None:
    assert pairs([*"abc"], [*"xyz"]) == [(0, 0), (1, 1), (2, 2)]
    assert pairs([*"abc"], [*"xyzw"]) == [(0, 0), (1, 1), (2, 2), (None, 3)]


def test_an_anchor_that_moved_far_is_given_up_for_position() -> None:
    """By the only `1`, six elements would be removed and five added."""
    found = pairs([*"0000001"], [*"100000"], peek=False)
    assert [pair for pair in found if None in pair] == [(6, None)]


def test_of_several_identities_the_one_in_the_same_order_is_taken() -> None:
    legacy = [{"at": str(n), "row": f"r{n}"} for n in range(9)]
    v2 = [{"at": str(n + 2), "row": f"r{n}"} for n in range(9)]
    assert pairs(legacy, v2) == [(n, n) for n in range(9)]


def test_a_permutation_is_seen() -> None:
    assert aligned([{"id": 1}, {"id": 2}], [{"id": 2}, {"id": 1}], Fingerprints(), peek=True).reordered
    assert not aligned([*"ab"], [*"ba", "c"], Fingerprints(), peek=True).reordered


def test_unordered_elements_are_matched_by_value_or_by_a_member() -> None:
    assert matched([*"abc"], [*"cab"], Fingerprints(), None) == [(0, 1), (1, 2), (2, 0)]
    legacy, v2 = [{"id": b"1", "n": b"1"}, {"id": b"2"}], [{"id": b"3"}, {"id": b"1", "n": b"2"}]
    assert matched(legacy, v2, Fingerprints(), "id") == [(0, 1), (1, None), (None, 0)]


def test_what_matches_nothing_is_paired_in_order() -> None:
    assert matched([*"abc"], [*"xcy"], Fingerprints(), None) == [(2, 1), (0, 0), (1, 2)]


def test_fingerprints_are_bounded() -> None:
    fingerprint = Fingerprints()
    with pytest.raises(TooMuch):
        fingerprint([b"1"] * 60_000)
    many = [[str(n)] for n in range(40_000)]
    by_position = [(0, 0), (1, 1), (2, 2)]
    assert pairs(many, [["x"], *many[5:], ["y"]])[:3] == by_position


def test_fingerprints_know_types_and_not_the_order_of_members() -> None:
    one, other = {"a": b"1", "b": [None]}, {"b": [None], "a": b"1"}
    values = (b"1", "1", True, None, [], {}, [b"1"], {"1": b"1"})
    fingerprint = Fingerprints()
    assert fingerprint(one) == fingerprint(other)
    assert len({fingerprint(value) for value in values}) == len(values)


def test_depth_costs_no_stack() -> None:
    deep: Any = b"1"
    for _ in range(900):
        deep = [deep]
    assert Fingerprints()(deep) == Fingerprints()(deep)


@given(st.lists(st.integers(0, 4).map(str)), st.lists(st.integers(0, 4).map(str)), st.booleans())
def test_every_element_is_in_at_most_one_pair_and_in_order(legacy: list[str], v2: list[str], peek: bool) -> None:
    alignment = aligned(legacy, v2, Fingerprints(), peek=peek)
    found = list(alignment.pairs)
    ours, theirs = [one for one, _ in found if one is not None], [two for _, two in found if two is not None]
    assert len(set(ours)) == len(ours)
    assert len(set(theirs)) == len(theirs)
    both = [(one, two) for one, two in found if one is not None and two is not None]
    if not alignment.reordered:
        assert [two for _, two in both] == sorted(two for _, two in both)


@given(st.text("ab", max_size=30), st.text("ab", max_size=30))
def test_the_common_start_is_found(one: str, other: str) -> None:
    length = same_start(one, other, min(len(one), len(other)))
    assert one[:length] == other[:length]
    assert one[length : length + 1] != other[length : length + 1] or length == len(one) == len(other)
