"""What a Marshmallow schema loads and dumps, on the real Marshmallow."""

from __future__ import annotations

from enum import Enum
from typing import Any

import marshmallow as ma
import pytest

from gateway.anatomy.marshmallow_schema import is_schema, schema_shape
from gateway.anatomy.shape import ABSENT, Kind, Member, Type


class Colour(Enum):
    RED = 1
    BLUE = 2


class TagSchema(ma.Schema):
    id = ma.fields.Integer(dump_only=True)
    label = ma.fields.String(required=True)


def of(field: Any, *, for_request: bool = True) -> Type:
    """The type of one field."""
    schema = ma.Schema.from_dict({"it": field})
    (member,) = schema_shape(schema, for_request=for_request).members
    return member.type


def loads(**fields: Any) -> dict[str, Member]:
    shape = schema_shape(ma.Schema.from_dict(fields), for_request=True)
    return {member.name: member for member in shape.members}


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        (ma.fields.String(), Kind.TEXT),
        (ma.fields.Email(), Kind.EMAIL),
        (ma.fields.Url(), Kind.TEXT),
        (ma.fields.UUID(), Kind.UUID),
        (ma.fields.Integer(), Kind.INTEGER),
        (ma.fields.Float(), Kind.NUMBER),
        (ma.fields.Decimal(), Kind.DECIMAL),
        (ma.fields.Boolean(), Kind.BOOLEAN),
        (ma.fields.DateTime(), Kind.DATETIME),
        (ma.fields.AwareDateTime(), Kind.DATETIME),
        (ma.fields.DateTime(format="timestamp"), Kind.NUMBER),
        (ma.fields.DateTime(format="rfc"), Kind.TEXT),
        (ma.fields.Date(format="%d.%m.%Y"), Kind.TEXT),
        (ma.fields.Date(), Kind.DATE),
        (ma.fields.Time(), Kind.TIME),
        (ma.fields.IPv4(), Kind.TEXT),
        (ma.fields.Dict(), Kind.MAPPING),
        (ma.fields.Raw(), Kind.ANY),
    ],
)
def test_the_kind_of_a_field(field: Any, kind: Kind):
    assert of(field).kind is kind
    assert of(field, for_request=False).kind is kind


def test_names_on_the_wire_are_those_of_data_key():
    shape = schema_shape(ma.Schema.from_dict({"class_": ma.fields.String(data_key="class")}), for_request=True)
    assert [one.name for one in shape.members] == ["class"]


def test_what_is_dumped_only_is_not_loaded_and_the_other_way_round():
    schema = ma.Schema.from_dict(
        {"id": ma.fields.Integer(dump_only=True), "secret": ma.fields.String(load_only=True), "a": ma.fields.String()}
    )
    assert [one.name for one in schema_shape(schema, for_request=True).members] == ["secret", "a"]
    assert [one.name for one in schema_shape(schema, for_request=False).members] == ["id", "a"]


def test_required_missing_null_and_default_are_four_things():
    found = loads(
        required=ma.fields.String(required=True),
        nullable=ma.fields.String(allow_none=True),
        default=ma.fields.Integer(load_default=5),
        listed=ma.fields.List(ma.fields.String(), load_default=list),
        computed=ma.fields.DateTime(load_default=lambda: None),
    )
    assert {name: (one.required, one.type.nullable, one.default) for name, one in found.items()} == {
        "required": (True, False, ABSENT),
        "nullable": (False, True, ABSENT),
        "default": (False, False, 5),
        "listed": (False, False, []),
        "computed": (False, False, ABSENT),
    }


def test_what_is_not_required_may_be_null_in_an_answer():
    assert of(ma.fields.String(), for_request=False).nullable
    assert not of(ma.fields.String(required=True), for_request=False).nullable
    assert not of(ma.fields.Integer(dump_only=True), for_request=False).nullable


@pytest.mark.parametrize(
    ("validate", "limits"),
    [
        (ma.validate.Length(min=1, max=3), (("min_length", 1), ("max_length", 3))),
        (ma.validate.Length(equal=2), (("min_length", 2), ("max_length", 2))),
        (ma.validate.Range(min=0), (("ge", 0),)),
        (ma.validate.Range(min=0, max=9, min_inclusive=False, max_inclusive=False), (("gt", 0), ("lt", 9))),
        (ma.validate.Regexp("a+"), (("pattern", "a+"),)),
        (ma.validate.Email(), ()),
    ],
    ids=["length", "equal", "at-least", "between", "pattern", "unknown"],
)
def test_validators_become_limits_of_requests_and_not_of_answers(validate: Any, limits: tuple[Any, ...]):
    assert of(ma.fields.Raw(validate=validate)).limits == limits
    assert of(ma.fields.Raw(validate=validate), for_request=False).limits == ()


def test_one_of_is_a_choice_in_requests_and_any_text_in_answers():
    field = ma.fields.String(validate=ma.validate.OneOf(["a", "b"]))
    assert of(field) == Type(Kind.CHOICE, choices=("a", "b"))
    assert of(field, for_request=False).kind is Kind.TEXT
    assert of(ma.fields.Raw(validate=ma.validate.OneOf([1.5]))).kind is Kind.ANY


def test_an_enumeration_is_a_choice_of_names_or_values():
    assert of(ma.fields.Enum(Colour)).choices == ("RED", "BLUE")
    assert of(ma.fields.Enum(Colour, by_value=True)).choices == (1, 2)
    assert of(ma.fields.Enum(Colour), for_request=False).choices == ("RED", "BLUE")
    assert of(ma.fields.Constant("v1")).choices == ("v1",)


def test_nested_schemas_one_many_and_plucked():
    one = of(ma.fields.Nested(TagSchema))
    assert one.shape is not None
    assert [member.name for member in one.shape.members] == ["label"]
    many = of(ma.fields.Nested(TagSchema(many=True)), for_request=False)
    assert many.kind is Kind.LIST
    assert many.items is not None
    assert many.items.shape is not None
    assert [member.name for member in many.items.shape.members] == ["id", "label"]
    assert of(ma.fields.List(ma.fields.Nested(TagSchema, only=("label",)))).items == one
    assert of(ma.fields.Pluck(TagSchema, "label", many=True)) == Type(Kind.LIST, items=Type(Kind.TEXT))


def test_what_a_schema_does_with_unknown_members_even_where_it_is_nested():
    class Lenient(ma.Schema):
        class Meta:
            unknown = ma.EXCLUDE

    assert schema_shape(Lenient, for_request=True).extra == "ignore"
    assert schema_shape(Lenient(unknown=ma.INCLUDE), for_request=True).extra == "allow"
    assert schema_shape(TagSchema, for_request=True).extra == "forbid"
    nested = of(ma.fields.Nested(TagSchema, unknown=ma.INCLUDE))
    assert nested.shape is not None
    assert nested.shape.extra == "allow"


def test_a_schema_that_is_nested_in_itself_ends():
    class NodeSchema(ma.Schema):
        name = ma.fields.String(required=True)
        children = ma.fields.List(ma.fields.Nested(lambda: NodeSchema()))  # noqa: PLW0108  it has no name yet

    children = schema_shape(NodeSchema, for_request=True).member("children")
    assert children is not None
    assert children.type == Type(Kind.LIST, items=Type(Kind.MAPPING))


def test_of_a_partial_schema_everything_may_be_missing_and_its_name_says_so():
    shape = schema_shape(TagSchema(partial=True), for_request=True)
    assert shape.name == "TagChanges"
    assert [one.required for one in shape.members] == [False]
    named = schema_shape(TagSchema(partial=("other",)), for_request=True)
    assert [one.required for one in named.members] == [True]


def test_only_schemas_are_schemas():
    assert is_schema(TagSchema)
    assert is_schema(TagSchema())
    assert not is_schema(dict)


def test_after_a_function_of_its_own_any_member_may_be_missing():
    class Sparse(TagSchema):
        @ma.post_dump
        def without_null(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
            return {name: value for name, value in data.items() if value is not None}

    assert [one.required for one in schema_shape(Sparse, for_request=False).members] == [False, False]
    assert [one.required for one in schema_shape(TagSchema, for_request=False).members] == [True, True]
    assert [one.required for one in schema_shape(Sparse, for_request=True).members] == [True]
