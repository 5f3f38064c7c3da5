"""What is declared and what was observed, as one type."""

from __future__ import annotations

import pytest

from gateway.anatomy.agreement import agreed
from gateway.anatomy.shape import Kind, Member, Shape, Type


@pytest.mark.parametrize(
    ("declared", "observed", "kind"),
    [
        (Kind.ANY, Kind.INTEGER, Kind.INTEGER),
        (Kind.INTEGER, Kind.ANY, Kind.INTEGER),
        (Kind.INTEGER, Kind.NUMBER, Kind.NUMBER),
        (Kind.NUMBER, Kind.INTEGER, Kind.NUMBER),
        (Kind.TEXT, Kind.DATE, Kind.TEXT),
        (Kind.CHOICE, Kind.TEXT, Kind.CHOICE),
        (Kind.DATETIME, Kind.HTTP_DATE, Kind.HTTP_DATE),
        (Kind.DECIMAL, Kind.NUMBER, Kind.NUMBER),
        (Kind.TEXT, Kind.INTEGER, Kind.INTEGER),
    ],
)
def test_the_kind_that_both_allow_else_the_one_on_the_wire(declared: Kind, observed: Kind, kind: Kind):
    assert agreed(Type(declared), Type(observed)).kind is kind


def test_null_where_one_of_them_says_so():
    assert agreed(Type(Kind.TEXT, nullable=True), Type(Kind.TEXT)).nullable
    assert agreed(Type(Kind.TEXT), Type(Kind.ANY, nullable=True)) == Type(Kind.TEXT, nullable=True)
    assert not agreed(Type(Kind.TEXT), Type(Kind.TEXT)).nullable


def test_a_member_that_only_one_knows_may_be_missing():
    declared = Shape("Word", (Member("id", Type(Kind.INTEGER)), Member("note", Type(Kind.TEXT))))
    observed = Shape("Seen", (Member("id", Type(Kind.INTEGER)), Member("more", Type(Kind.TEXT))))
    found = agreed(
        Type(Kind.LIST, items=Type(Kind.OBJECT, shape=declared)),
        Type(Kind.LIST, items=Type(Kind.OBJECT, shape=observed)),
    )
    assert found.items is not None
    assert found.items.shape is not None
    assert found.items.shape.name == "Word"
    assert [(one.name, one.required) for one in found.items.shape.members] == [
        ("id", True),
        ("note", False),
        ("more", False),
    ]
