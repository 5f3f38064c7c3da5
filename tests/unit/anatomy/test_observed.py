"""JSON values as types: what all of them have in common."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.anatomy.observed import MAPPING_MEMBERS, WITHHELD, class_name, shape_of, type_of
from gateway.anatomy.shape import Kind, Type


@pytest.mark.parametrize(
    ("values", "kind", "nullable"),
    [
        ([1, 2], Kind.INTEGER, False),
        ([1, 2.5], Kind.NUMBER, False),
        ([1, True], Kind.ANY, False),
        ([True, None], Kind.BOOLEAN, True),
        ([None], Kind.ANY, True),
        ([], Kind.ANY, False),
        (["a", "12.50"], Kind.TEXT, False),
        (["12.50", "-3.10"], Kind.DECIMAL, False),
        (["Fri, 20 Nov 2026 18:24:00 GMT"], Kind.HTTP_DATE, False),
        (["2026-11-20T18:24:00"], Kind.DATETIME, False),
        (["2026-11-20"], Kind.DATE, False),
        (["0a0b0c0d-0000-4000-8000-000000000000"], Kind.UUID, False),
        ([WITHHELD], Kind.ANY, False),
        ([WITHHELD, None], Kind.ANY, True),
        ([WITHHELD, 3], Kind.INTEGER, False),
        ([1, "a"], Kind.ANY, False),
        ([{"a": 1}, [1]], Kind.ANY, False),
    ],
)
def test_the_narrowest_type_that_all_have(values: list[Any], kind: Kind, nullable: bool):
    assert type_of(values, "Word") == Type(kind, nullable)


def test_null_and_missing_are_told_apart():
    shape = shape_of([{"id": 1, "note": None, "page": 2}, {"id": 2, "note": "a"}], "Word")
    assert {one.name: (one.type.nullable, one.required) for one in shape.members} == {
        "id": (False, True),
        "note": (True, True),
        "page": (False, False),
    }
    assert shape.extra == "forbid"


def test_objects_in_lists_have_a_shape_of_their_own_name():
    items = type_of([{"entries": [{"id": 1}, {"id": 2, "a": "b"}]}], "Book").shape.member("entries").type.items
    assert items.shape.name == "BookEntry"
    assert [(one.name, one.required) for one in items.shape.members] == [("id", True), ("a", False)]


def test_an_object_whose_names_are_data_is_a_mapping():
    assert type_of([{"2026-11-20": 1}], "Days") == Type(Kind.MAPPING, items=Type(Kind.INTEGER))
    many = {f"name{number}": number for number in range(MAPPING_MEMBERS + 1)}
    assert type_of([many], "Many").kind is Kind.MAPPING


@pytest.mark.parametrize(
    ("text", "name"), [("line_items", "LineItems"), ("by-id", "ById"), ("2fa", "Member2fa"), ("", "Member")]
)
def test_any_text_becomes_the_name_of_a_class(text: str, name: str):
    assert class_name(text) == name
    assert name.isidentifier()
