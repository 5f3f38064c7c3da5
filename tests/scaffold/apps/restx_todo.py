"""A to-do list as Flask-RESTX applications are written: namespaces, resources, models, a parser, marshalling."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_restx import Api, Namespace, Resource, fields, inputs, reqparse

todos = Namespace("todos", description="What is to be done")
person = todos.model("Person", {"name": fields.String(required=True), "email": fields.String})
todo = todos.model(
    "Todo",
    {
        "id": fields.Integer(readonly=True, required=True),
        "task": fields.String(required=True, max_length=100),
        "state": fields.String(enum=["open", "done"], default="open"),
        "owner": fields.Nested(person, allow_null=True),
        "tags": fields.List(fields.String),
        "due": fields.DateTime(dt_format="rfc822"),
        "estimate": fields.Float,
    },
)
listing = reqparse.RequestParser()
listing.add_argument("state", type=str, choices=("open", "done"), location="args")
listing.add_argument("page", type=int, default=1, location="args")
listing.add_argument("late", type=inputs.boolean, location="args")

ROWS: list[dict[str, Any]] = [
    {"id": 1, "task": "Ship it", "state": "open", "owner": {"name": "Ada", "email": "ada@example.com"}, "tags": ["a"]},
    {"id": 2, "task": "Rest", "state": "done", "owner": None, "tags": [], "estimate": 1.5},
]


@todos.route("/")
class Todos(Resource):
    """All of them."""

    @todos.expect(listing)
    @todos.marshal_list_with(todo)
    def get(self) -> Any:
        """List what is to be done."""
        arguments = listing.parse_args()
        return [row for row in ROWS if arguments["state"] in {None, row["state"]}]

    @todos.expect(todo, validate=True)
    @todos.marshal_with(todo, code=201)
    def post(self) -> Any:
        """Add something."""
        return {"id": 3, **todos.payload}, 201


@todos.route("/<int:number>")
class Todo(Resource):
    """One of them."""

    @todos.marshal_with(todo)
    def get(self, number: int) -> Any:
        """Show one."""
        for row in ROWS:
            if row["id"] == number:
                return row
        todos.abort(404, f"There is no {number}")
        return None


def create_app() -> Flask:
    app = Flask("restx_todo")
    api = Api(app, title="To do")
    api.add_namespace(todos)
    return app
