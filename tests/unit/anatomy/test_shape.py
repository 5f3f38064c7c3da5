"""The common language of schemas and observations."""

from __future__ import annotations

from gateway.anatomy.shape import ABSENT, Kind, Member, Shape, Type

SHAPE = Shape("Word", (Member("id", Type(Kind.INTEGER)), Member("note", Type(Kind.TEXT), required=False)))


def test_a_member_is_found_by_its_name():
    note = SHAPE.member("note")
    assert note is not None
    assert note.default is ABSENT
    assert SHAPE.member("nothing") is None


def test_or_null_changes_nothing_else():
    one = Type(Kind.LIST, items=Type(Kind.TEXT), limits=(("max_length", 3),))
    assert one.or_null() == Type(Kind.LIST, nullable=True, items=Type(Kind.TEXT), limits=(("max_length", 3),))
    assert not one.nullable
