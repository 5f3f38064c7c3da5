"""Pointers, and the places that rules name."""

from __future__ import annotations

from datetime import date

from gateway.parity.place import ROOT, Places, keys, pointer
from gateway.parity.rules import Excuse, Rules, Tolerance, Unordered
from gateway.parity.strict import parse
from tests.unit.parity.answers import TODAY


def places(rules: Rules, legacy: bytes = b"{}", v2: bytes = b"{}") -> Places:
    return Places(rules, TODAY, (parse(legacy), parse(v2)))


def test_a_pointer_escapes_what_rfc_6901_says() -> None:
    path = (((ROOT, "a/b"), 0), "~")
    assert keys(path) == ("a/b", 0, "~")
    assert pointer(keys(path)) == "/a~1b/0/~0"
    assert pointer(()) == ""


def test_an_excuse_covers_what_is_below_it() -> None:
    found = places(Rules(excuses=(Excuse("why", at="$.meta"),)), b'{"meta": {"a": 1}}')
    assert found.excuse(("meta", "a"), ("meta", "a"))[0] == Excuse("why", at="$.meta")
    assert found.excuse(("other",), ("other",)) == (None, None)
    assert found.excuse((), ()) == (None, None)


def test_a_place_is_looked_up_on_either_side() -> None:
    rules = Rules(excuses=(Excuse("why", at="$.items[*].ts"),))
    found = places(rules, b'{"items": [{"ts": 1}]}', b'{"items": [{}, {"ts": 1}]}')
    assert found.excuse(("items", 0, "ts"), ("items", 5, "ts"))[0] is not None
    assert found.excuse(("items", 9, "ts"), ("items", 1, "ts"))[0] is not None
    assert found.excuse(("items", 9, "ts"), ("items", 0, "ts"))[0] is None


def test_filters_compare_numbers() -> None:
    rules = Rules(excuses=(Excuse("why", at="$[?@.n > 5].ts"),))
    found = places(rules, b'[{"n": 6, "ts": 1}, {"n": 5, "ts": 1}]')
    assert found.excuse((0, "ts"), (0, "ts"))[0] is not None
    assert found.excuse((1, "ts"), (1, "ts"))[0] is None


def test_of_two_excuses_the_one_in_force_counts() -> None:
    old, new = Excuse("old", at="$.a", expires=date(2026, 1, 1)), Excuse("new", at="$.a", expires=date(2027, 1, 1))
    document = b'{"a": 1}'
    assert places(Rules(excuses=(old, new)), document).excuse(("a",), ("a",)) == (new, None)
    assert places(Rules(excuses=(old,)), document).excuse(("a",), ("a",)) == (None, old)


def test_without_json_only_the_whole_body_has_a_place() -> None:
    rules = Rules(excuses=(Excuse("part", at="$.a"), Excuse("all", at="$")))
    assert Places(rules, TODAY).excuse((), ())[0] == Excuse("all", at="$")
    assert Places(Rules(excuses=(Excuse("part", at="$.a"),)), TODAY).excuse((), ()) == (None, None)


def test_unordered_arrays_and_tolerances_are_found_by_path() -> None:
    rules = Rules(unordered=(Unordered("$.tags", by="id"),), tolerances=(Tolerance("$.score", 0.1),))
    found = places(rules, b'{"tags": [], "score": 1}')
    assert found.unordered((ROOT, "tags")) == (rules.unordered[0], None)
    assert found.unordered((ROOT, "other")) == (None, None)
    assert found.tolerance((ROOT, "score")) == (rules.tolerances[0], None)
    assert found.tolerance((ROOT, "other")) == (None, None)


def test_a_path_that_cannot_be_followed_excuses_nothing() -> None:
    deep = b'{"a":' * 300 + b"1" + b"}" * 300
    found = places(
        Rules(
            excuses=(Excuse("why", at="$..b"), Excuse("broken", at="$[")),
        ),
        deep,
        deep,
    )
    assert found.excuse(("b",), ("b",)) == (None, None)
