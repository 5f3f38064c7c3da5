"""Bodies whose values have other types than declared."""

from typing import Any

import pytest
from pydantic import BaseModel, Field, field_validator

from gateway.compat.wire.lax_body import taken


class Address(BaseModel):
    street: str


class Person(BaseModel):
    name: str
    age: int = 0
    height: float = Field(default=0.0, alias="size")
    active: bool = True
    address: Address | None = None
    tags: list[str] = []

    @field_validator("tags")
    @classmethod
    def no_empty_tags(cls, tags: list[str]) -> list[str]:
        if "" in tags:
            raise ValueError("an empty tag")
        return tags


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [
        ({"name": 1}, {"name": 1}),
        ({"name": None}, {"name": None}),
        ({"name": "a", "age": 1.5}, {"name": "a", "age": 1}),
        ({"name": "a", "size": None, "age": None}, {"name": "a", "height": None, "age": None}),
        ({"name": 1, "size": "1.5"}, {"name": 1, "height": 1.5}),
        ({"name": "a", "active": "maybe"}, {"name": "a", "active": "maybe"}),
        ({"name": "a", "address": {"street": 5}}, {"name": "a", "address": Address.model_construct(street=5)}),
        ({"name": 1, "age": 7}, {"name": 1, "age": 7}),
    ],
    ids=str,
)
def test_a_value_is_converted_or_taken_as_it_is(sent: Any, wanted: dict[str, Any]) -> None:
    person = taken(Person, sent)
    assert isinstance(person, Person)
    assert {name: getattr(person, name) for name in wanted} == wanted
    assert person.tags == []
    assert person.model_fields_set == set(wanted)


@pytest.mark.parametrize(
    "sent",
    [
        {"name": "a"},
        {"age": 1.5},
        {"name": "a", "age": "many"},
        {"name": 1, "tags": [""]},
        {"name": "a", "age": float("inf")},
        ["a"],
        5,
    ],
    ids=str,
)
def test_what_is_right_or_wrong_in_another_way_is_left_to_fastapi(sent: Any) -> None:
    assert taken(Person, sent) is sent
