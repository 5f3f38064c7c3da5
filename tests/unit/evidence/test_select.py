"""Which groups a reader sees."""

from __future__ import annotations

import pytest

from gateway.evidence.select import is_at, select_groups
from gateway.evidence.store import Group, GroupQuery


def group(signature: str, count: int, first: float, *, cause: str = "c", place: str = "body /a") -> Group:
    return Group("r", signature, count, first, first + 1, (cause,), (place,), (f"{signature}{first:.0f}",))


def test_the_epochs_of_a_signature_are_one_group() -> None:
    (whole,) = select_groups([group("a", 2, 20.0), group("a", 3, 10.0)], GroupQuery()).groups
    assert (whole.count, whole.first, whole.last, whole.samples) == (5, 10.0, 21.0, ("a10", "a20"))


def test_the_most_frequent_comes_first_and_no_more_than_were_asked_for() -> None:
    page = select_groups([group("a", 1, 1.0), group("b", 3, 1.0), group("c", 2, 1.0)], GroupQuery(limit=2))
    assert [one.signature for one in page.groups] == ["b", "c"]
    assert (page.found, page.mismatches) == (3, 6)


def test_a_cause_is_whole() -> None:
    groups = [group("a", 1, 1.0, cause="json.date"), group("b", 1, 1.0)]
    assert [one.signature for one in select_groups(groups, GroupQuery(cause="json.date")).groups] == ["a"]
    assert select_groups(groups, GroupQuery(cause="json")).found == 0


@pytest.mark.parametrize(
    ("location", "field", "found"),
    [
        ("body /items/*/created", "/items/*/created", True),
        ("body /items/*/created", "/items/12/created", True),
        ("body /items/*/created", "/items/", True),
        ("body /items/*/created", "/items/*/create", False),
        ("body /items/*/created", "body /items/*/created", True),
        ("body /items/*/created", "/", True),
        ("body /a b/c", "/a b", True),
        ("body /grün/c", "/grün", True),
        ("body /a b", "b", False),
        ('body /a"b', '/a"b', True),
        ("header content-type", "Content-Type", True),
        ("header content-type", "content", False),
        ("header content-type", "header content-type", True),
        ("status", "status", True),
        ("status", "/", False),
        ("body", "body", True),
        ("body", "status", False),
    ],
)
def test_a_field_is_a_place_or_what_is_below_it(location: str, field: str, found: bool) -> None:
    assert is_at([location], field) is found
