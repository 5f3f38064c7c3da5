"""Which schemas a view is declared with, on the real libraries."""

from __future__ import annotations

import ast
from typing import Any

import marshmallow as ma
from flask import jsonify, request
from flask.views import MethodView
from flask_restx import Model, Namespace, Resource, fields, reqparse
from flask_smorest import Blueprint
from webargs.flaskparser import use_args

from gateway.anatomy.schemas import declared_by, value_of
from gateway.anatomy.shape import ABSENT, Kind
from tests.unit.anatomy.views import view


class WordSchema(ma.Schema):
    id = ma.fields.Integer(dump_only=True)
    text = ma.fields.String(required=True)


class PageSchema(ma.Schema):
    page = ma.fields.Integer(load_default=1)
    tags = ma.fields.List(ma.fields.String())


word_schema = WordSchema()
words = Blueprint("words", __name__)
api = Namespace("api")
model = api.model("Word", {"text": fields.String(required=True)})
parser = reqparse.RequestParser()
parser.add_argument("page", type=int, location="args")


def load_with(schema: Any) -> Any:
    return schema.load(request.get_json())


def test_a_schema_that_the_source_loads_and_one_that_it_dumps():
    def create() -> Any:
        made = word_schema.load(request.get_json())
        return jsonify(WordSchema(many=True).dump([made]))

    found = declared_by(view(create, "POST"))
    assert found.body is not None
    assert found.answer is not None
    assert ([one.name for one in found.body.members], found.body_is_list) == (["text"], False)
    assert ([one.name for one in found.answer.members], found.answer_is_list) == (["id", "text"], True)
    assert found.answer_type is not None
    assert found.answer_type.kind is Kind.LIST


def test_many_may_be_said_where_it_is_dumped():
    def listing() -> Any:
        return jsonify(word_schema.dump([], many=True))

    assert declared_by(view(listing)).answer_is_list


def test_a_schema_that_is_handed_to_a_helper():
    def create() -> Any:
        return load_with(word_schema)

    found = declared_by(view(create, "POST"))
    assert found.body is not None
    assert found.answer is None


def test_flask_smorest_says_it_in_decorators():
    @words.route("/")
    class Words(MethodView):
        @words.arguments(PageSchema, location="query")
        @words.response(200, WordSchema(many=True))
        @words.paginate()
        @words.etag
        def get(self, args: Any, pagination_parameters: Any) -> Any:
            return []

        @words.arguments(WordSchema)
        @words.response(201, WordSchema)
        def post(self, data: Any) -> Any:
            return data

    flask_view = Words.as_view("words")
    listing = declared_by(view(flask_view))
    assert (listing.status, listing.answer_is_list) == (200, True)
    assert [(one.name, one.type, one.is_list) for one in listing.arguments] == [
        ("page", "int", False),
        ("tags", "", True),
        ("page_size", "int", False),
    ]
    assert listing.headers == {"ETag", "X-Pagination"}
    assert listing.checked_by == "webargs"
    created = declared_by(view(flask_view, "POST"))
    assert created.status == 201
    assert created.body is not None
    assert [one.name for one in created.body.members] == ["text"]


def test_flask_restx_says_it_in_decorators():
    @api.route("/words")
    class Words(Resource):
        @api.expect(parser)
        @api.marshal_list_with(model)
        def get(self) -> Any:
            return []

        @api.expect(model)
        @api.marshal_with(model, code=201)
        def post(self) -> Any:
            return {}, 201

    resource = Words.as_view("words", api=None)
    listing, created = declared_by(view(resource)), declared_by(view(resource, "POST"))
    assert (listing.status, listing.answer_is_list) == (200, True)
    assert [(one.name, one.source, one.type) for one in listing.arguments] == [("page", "query", "int")]
    assert created.status == 201
    assert created.body is not None
    assert created.body.name == "WordSent"
    assert listing.checked_by == created.checked_by == "restx"


def test_webargs_says_it_in_a_decorator():
    @use_args(PageSchema(), location="query")
    def listing(args: Any) -> Any:
        return []

    found = declared_by(view(listing))
    assert [(one.source, one.name, one.default) for one in found.arguments] == [
        ("query", "page", 1),
        ("query", "tags", ABSENT),
    ]


def test_a_view_that_declares_nothing():
    found = declared_by(view(lambda: "a"))
    assert (found.body, found.answer, found.answer_type, found.status, found.arguments) == (None, None, None, None, [])
    assert found.checked_by == ""


def test_what_a_name_stands_for():
    def of(text: str) -> Any:
        return value_of(ast.parse(text, mode="eval").body, {"schema": word_schema, "WordSchema": WordSchema, "ma": ma})

    assert of("schema") is word_schema
    assert of("ma.Schema") is ma.Schema
    assert of("WordSchema(many=True)").many is True
    assert of("nothing") is None
    assert of("dict()") is None
    assert isinstance(model, Model)
