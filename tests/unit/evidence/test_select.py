"""Which groups a reader sees."""

from __future__ import annotations

from gateway.evidence.select import select_groups
from gateway.evidence.store import Group


def group(signature: str, count: int, first: float, *, cause: str = "c", place: str = "body /a") -> Group:
    return Group("r", signature, count, first, first + 1, (cause,), (place,), (f"{signature}{first:.0f}",))


def test_the_epochs_of_a_signature_are_one_group() -> None:
    (whole,) = select_groups([group("a", 2, 20.0), group("a", 3, 10.0)], None, None, 10)
    assert (whole.count, whole.first, whole.last, whole.samples) == (5, 10.0, 21.0, ("a10", "a20"))


def test_the_most_frequent_comes_first_and_no_more_than_were_asked_for() -> None:
    groups = [group("a", 1, 1.0), group("b", 3, 1.0), group("c", 2, 1.0)]
    assert [one.signature for one in select_groups(groups, None, None, 2)] == ["b", "c"]


def test_a_cause_is_whole_and_a_field_is_a_part() -> None:
    groups = [group("a", 1, 1.0, cause="json.date", place="body /x/created"), group("b", 1, 1.0)]
    assert [one.signature for one in select_groups(groups, "json.date", None, 9)] == ["a"]
    assert select_groups(groups, "json", None, 9) == []
    assert [one.signature for one in select_groups(groups, None, "created", 9)] == ["a"]
