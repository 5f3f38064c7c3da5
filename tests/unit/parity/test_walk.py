"""JSON, member by member."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.parity.difference import Kind, Verdict
from tests.unit.parity.answers import a_json, compared

VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=3), inner, max_size=5),
    max_leaves=20,
)


def found(legacy: object, v2: object) -> list[tuple[str, Kind, str | None, str | None]]:
    """Location, kind and both values of each difference."""
    differences = compared(a_json(legacy), a_json(v2)).differences
    return [(one.location, one.kind, one.legacy, one.v2) for one in differences]


@pytest.mark.parametrize(
    ("legacy", "v2"),
    [(1, True), (0, False), (1, "1"), (None, 0), (None, False), ("", None), ([], {}), ([1], 1), ("NaN", 1)],
)
def test_types_are_told_apart(legacy: object, v2: object) -> None:
    assert [kind for _, kind, _, _ in found({"a": legacy}, {"a": v2})] == [Kind.TYPE]


def test_null_is_not_missing() -> None:
    assert found({"a": None}, {}) == [("/a", Kind.REMOVED, "null", None)]
    assert found({}, {"a": None}) == [("/a", Kind.ADDED, None, "null")]


def test_changed_values_have_their_pointers() -> None:
    legacy = {"a/b": {"c~d": [1, {"e": "x"}]}}
    assert found(legacy, {"a/b": {"c~d": [1, {"e": "y"}]}}) == [("/a~1b/c~0d/1/e", Kind.CHANGED, '"x"', '"y"')]


@pytest.mark.parametrize(
    "v2", [b'{"b": "\xc3\xbc", "a": 1}', b'{"a":1,"b":"\\u00fc"}\n', b'\n{ "a" : 1 , "b" : "\\u00FC" }']
)
def test_order_of_members_white_space_and_escapes_are_no_difference(v2: bytes) -> None:
    """Case 98: key order."""
    assert compared(a_json(b'{"a": 1, "b": "\\u00fc"}'), a_json(v2)).verdict is Verdict.MATCH


@pytest.mark.parametrize(
    ("legacy", "v2"),
    [
        ("1", "1.0"),
        ("1", "1e0"),
        ("100", "1E2"),
        ("1e-07", "1e-7"),
        ("1.10", "1.1"),
        ("0", "-0.0"),
        ("1e400", "10e399"),
    ],
)
def test_a_number_in_another_form_is_a_named_equivalence(legacy: str, v2: str) -> None:
    comparison = compared(a_json(legacy.encode()), a_json(v2.encode()))
    assert (comparison.verdict, comparison.equivalences) == (Verdict.EQUIVALENT, ("number-repr",))


@pytest.mark.parametrize(
    ("legacy", "v2"),
    [
        ("12345678901234567890", "12345678901234567891"),
        ("12345678901234567890", "1.2345678901234567e+19"),
        ("0.1", "0.10000000000000001"),
        ("9007199254740993", "9007199254740992.0"),
        ("1e999", "2e999"),
    ],
)
def test_no_digit_is_lost(legacy: str, v2: str) -> None:
    assert compared(a_json(legacy.encode()), a_json(v2.encode())).verdict is Verdict.MISMATCH


def test_constants_that_are_no_json_are_named() -> None:
    comparison = compared(a_json(b'{"a": NaN}'), a_json(b'{"a":NaN}'))
    assert (comparison.verdict, comparison.equivalences) == (Verdict.EQUIVALENT, ("json-constant-NaN",))
    assert found(b'{"a": NaN}', b'{"a": null}') == [("/a", Kind.TYPE, "NaN", "null")]


def test_a_repeated_name_is_a_difference_unless_both_repeat_it_alike() -> None:
    """Case 98: duplicate keys."""
    assert found(b'{"a": 1, "a": 2}', b'{"a": 2}') == [("", Kind.CHANGED, '"a" more than once', "every name once")]
    assert found(b'{"x": {"a": 1, "a": 2}}', b'{"x": {"a": 3, "a": 2}}')[0][0] == "/x"
    both = compared(a_json(b'{"a": 1, "a": 2}'), a_json(b'{"a":1,"a":2}'))
    assert (both.verdict, both.equivalences) == (Verdict.EQUIVALENT, ("json-repeated-name",))


def test_one_element_more_or_less_is_one_difference() -> None:
    rows = [{"id": n, "name": f"n{n}"} for n in range(100)]
    assert found(rows, rows[1:]) == [("/0", Kind.REMOVED, '{"id": 0, "name": "n0"}', None)]
    assert found(rows[:50] + rows[51:], rows) == [("/50", Kind.ADDED, None, '{"id": 50, "name": "n50"}')]
    assert found([*"abcdef"], [*"abxcdef"]) == [("/2", Kind.ADDED, None, '"x"')]


def test_an_element_that_is_gone_does_not_hide_a_change_of_another() -> None:
    rows = [{"id": n, "name": f"n{n}"} for n in range(10)]
    v2 = [dict(row) for row in rows[1:]]
    v2[4]["name"] = "other"
    assert [(location, kind) for location, kind, _, _ in found(rows, v2)] == [
        ("/0", Kind.REMOVED),
        ("/5/name", Kind.CHANGED),
    ]


def test_one_change_in_every_element_is_one_wildcard() -> None:
    legacy = [{"id": n, "at": "x"} for n in range(20)]
    comparison = compared(a_json(legacy), a_json([{**row, "at": "y"} for row in legacy[3:]]))
    assert {(one.wildcard, one.kind) for one in comparison.differences} == {
        ("/*", Kind.REMOVED),
        ("/*/at", Kind.CHANGED),
    }
    assert len(comparison.differences) + comparison.omitted == 20
    assert comparison.omitted == 7


def test_another_order_is_one_difference_that_says_so() -> None:
    rows = [{"id": n} for n in range(30)]
    shuffled = [*rows[::2], *rows[1::2]]
    ((location, kind, _, v2),) = found(rows, shuffled)
    assert (location, kind) == ("", Kind.CHANGED)
    assert v2 is not None
    assert v2.startswith("the same elements, in another order: ")
    assert len(found([3, 1, 2], [1, 2, 3])) == 1


def test_another_order_does_not_hide_a_change() -> None:
    legacy = [{"id": 1, "n": 1}, {"id": 2, "n": 2}]
    assert [location for location, *_ in found(legacy, [{"id": 2, "n": 3}, {"id": 1, "n": 1}])] == ["", "/1/n"]


@given(VALUES)
def test_self_match(value: object) -> None:
    assert compared(a_json(value), a_json(json.dumps(value, indent=1).encode())).verdict is Verdict.MATCH


@given(VALUES, st.randoms(use_true_random=False))
def test_order_of_members_never_matters(value: object, order: random.Random) -> None:
    def shuffled(one: object) -> object:
        if isinstance(one, dict):
            names = list(one)
            order.shuffle(names)
            return {name: shuffled(one[name]) for name in names}
        return [shuffled(item) for item in one] if isinstance(one, list) else one

    assert compared(a_json(value), a_json(shuffled(value))).verdict is Verdict.MATCH


@given(VALUES, VALUES)
def test_the_verdict_is_python_s_own_equality_with_types(legacy: Any, v2: Any) -> None:
    """The oracle is another implementation: recursive, on Python's types."""

    def same(one: Any, other: Any) -> bool:
        if isinstance(one, bool) or isinstance(other, bool) or not isinstance(one, int | float):
            if type(one) is not type(other):
                return False
            if isinstance(one, dict):
                return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
            if isinstance(one, list):
                return len(one) == len(other) and all(map(same, one, other))
            return bool(one == other)
        return isinstance(other, int | float) and not isinstance(other, bool) and one == other

    verdict = compared(a_json(legacy), a_json(v2)).verdict
    assert (verdict is not Verdict.MISMATCH) is same(legacy, v2)


@given(VALUES, VALUES)
def test_the_verdict_is_symmetric(legacy: object, v2: object) -> None:
    there, back = compared(a_json(legacy), a_json(v2)), compared(a_json(v2), a_json(legacy))
    assert there.verdict is back.verdict
    assert there.equivalences == back.equivalences


@given(st.lists(st.integers(0, 5), max_size=9), st.lists(st.integers(0, 5), max_size=9))
def test_lists_are_aligned_without_losing_an_element(legacy: list[int], v2: list[int]) -> None:
    """Removed minus added is the difference in length, and equal lists have none."""
    kinds = [kind for location, kind, _, _ in found(legacy, v2) if location]
    assert kinds.count(Kind.REMOVED) - kinds.count(Kind.ADDED) == len(legacy) - len(v2)
    assert bool(found(legacy, v2)) is (legacy != v2)
