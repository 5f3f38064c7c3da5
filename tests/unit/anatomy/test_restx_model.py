"""Models and parsers of Flask-RESTX, on the real Flask-RESTX."""

from __future__ import annotations

from typing import Any

import pytest
from flask_restx import Model, fields, inputs, reqparse

from gateway.anatomy.restx_model import is_model, is_parser, model_shape, parser_arguments, request_model_shape
from gateway.anatomy.shape import ABSENT, Kind, Type

PERSON = Model("Person", {"name": fields.String(required=True)})


def shown(field: Any) -> Type:
    return model_shape(Model("It", {"it": field})).members[0].type


def sent(field: Any) -> Type:
    return request_model_shape(Model("It", {"it": field})).members[0].type


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        (fields.String(required=True), Kind.TEXT),
        (fields.Integer(required=True), Kind.INTEGER),
        (fields.Float(required=True), Kind.NUMBER),
        (fields.Boolean(required=True), Kind.BOOLEAN),
        (fields.DateTime(required=True), Kind.DATETIME),
        (fields.DateTime(required=True, dt_format="rfc822"), Kind.TEXT),
        (fields.Fixed(required=True), Kind.TEXT),
        (fields.Raw(required=True), Kind.ANY),
        (fields.String, Kind.TEXT),
    ],
)
def test_the_kind_of_a_field(field: Any, kind: Kind):
    assert shown(field).kind is kind
    assert sent(field).kind is kind


def test_what_is_not_required_is_written_as_null():
    assert shown(fields.String()).nullable
    assert not shown(fields.String(default="a")).nullable
    assert not shown(fields.String(required=True)).nullable


def test_an_enumeration_holds_for_requests_only():
    field = fields.String(enum=["a", "b"], required=True)
    assert sent(field).choices == ("a", "b")
    assert shown(field) == Type(Kind.TEXT)


def test_limits_hold_for_requests_only():
    field = fields.Integer(min=1, max=5, required=True)
    assert sent(field).limits == (("ge", 1), ("le", 5))
    assert shown(field).limits == ()


def test_nested_models_lists_and_wildcards():
    one = shown(fields.Nested(PERSON))
    assert one.shape is not None
    assert one.shape.name == "Person"
    assert not one.nullable
    assert shown(fields.Nested(PERSON, allow_null=True)).nullable
    assert shown(fields.Nested(PERSON, as_list=True)).kind is Kind.LIST
    assert shown(fields.List(fields.Integer(required=True))).items == Type(Kind.INTEGER)
    assert shown(fields.Wildcard(fields.String(required=True))).items == Type(Kind.TEXT)
    nested = sent(fields.Nested(PERSON, required=True))
    assert nested.shape is not None
    assert nested.shape.name == "PersonSent"


def test_a_model_that_is_nested_in_itself_ends():
    node = Model("Node", {"name": fields.String})
    node["children"] = fields.List(fields.Nested(node))
    assert model_shape(node).name == "Node"
    assert request_model_shape(node).name == "NodeSent"


def test_of_a_request_what_is_read_only_is_left_out_and_the_rest_ignored():
    model = Model("It", {"id": fields.Integer(readonly=True), "note": fields.String})
    shape = request_model_shape(model)
    assert [(one.name, one.required, one.default, one.type.nullable) for one in shape.members] == [
        ("note", False, None, True)
    ]
    assert shape.extra == "ignore"


def test_a_model_of_a_model_has_both_their_members():
    child = Model.inherit("Child", PERSON, {"age": fields.Integer})
    assert {one.name for one in model_shape(child).members} == {"name", "age"}


def test_arguments_of_a_parser():
    parser = reqparse.RequestParser()
    parser.add_argument("page", type=int, default=1, location="args")
    parser.add_argument("tag", action="append", location="args")
    parser.add_argument("late", type=inputs.boolean, location="args")
    parser.add_argument("X-Key", location="headers", required=True)
    found = {one.name: one for one in parser_arguments(parser, has_body=True)}
    assert (found["page"].source, found["page"].type, found["page"].default) == ("query", "int", 1)
    assert found["tag"].is_list
    assert found["late"].type == "?inputs.boolean"
    assert (found["X-Key"].source, found["X-Key"].required, found["X-Key"].default) == ("header", True, ABSENT)


def test_where_no_place_is_named_the_body_comes_first_if_there_is_one():
    parser = reqparse.RequestParser()
    parser.add_argument("name")
    assert [one.source for one in parser_arguments(parser, has_body=True)] == ["json"]
    assert [one.source for one in parser_arguments(parser, has_body=False)] == ["query"]


def test_models_and_parsers_are_known_by_their_classes():
    assert is_model(PERSON)
    assert not is_model({})
    assert is_parser(reqparse.RequestParser())
    assert not is_parser(PERSON)
