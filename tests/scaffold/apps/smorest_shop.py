"""A shop as Flask-Smorest applications are written: Marshmallow schemas in decorators, method views, Decimal prices."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import marshmallow as ma
from flask import Flask
from flask.views import MethodView
from flask_smorest import Api, Blueprint, abort

blp = Blueprint("pets", "pets", url_prefix="/pets", description="Pets")


class OwnerSchema(ma.Schema):
    name = ma.fields.String(required=True)
    since = ma.fields.Date(allow_none=True)


class PetSchema(ma.Schema):
    id = ma.fields.Integer(dump_only=True)
    name = ma.fields.String(required=True, validate=ma.validate.Length(min=1, max=40))
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(["cat", "dog"]))
    price = ma.fields.Decimal(as_string=True, required=True)
    owner = ma.fields.Nested(OwnerSchema, allow_none=True, load_default=None)
    tags = ma.fields.List(ma.fields.String(), load_default=list)
    secret = ma.fields.String(load_only=True, load_default="")
    class_ = ma.fields.String(data_key="class", load_default="plain")


class PetPatchSchema(PetSchema):
    """The same, of which a part may be sent."""


class PetQuerySchema(ma.Schema):
    kind = ma.fields.String()
    limit = ma.fields.Integer(load_default=10, validate=ma.validate.Range(min=1, max=50))


PETS: list[dict[str, Any]] = [
    {
        "id": 1,
        "name": "Tom",
        "kind": "cat",
        "price": Decimal("12.50"),
        "owner": {"name": "Ada", "since": date(2024, 2, 29)},
        "tags": ["grey"],
        "class_": "plain",
    },
    {"id": 2, "name": "Rex", "kind": "dog", "price": Decimal("0.10"), "owner": None, "tags": [], "class_": "show"},
]


@blp.route("/")
class Pets(MethodView):
    @blp.arguments(PetQuerySchema, location="query")
    @blp.response(200, PetSchema(many=True))
    def get(self, args: dict[str, Any]) -> Any:
        """List pets."""
        found = [pet for pet in PETS if args.get("kind") in {None, pet["kind"]}]
        return found[: args["limit"]]

    @blp.arguments(PetSchema)
    @blp.response(201, PetSchema)
    def post(self, data: dict[str, Any]) -> Any:
        """Add a pet."""
        return {"id": 3, **data}


@blp.route("/<int:pet_id>")
class Pet(MethodView):
    @blp.response(200, PetSchema)
    def get(self, pet_id: int) -> Any:
        """Show a pet."""
        for pet in PETS:
            if pet["id"] == pet_id:
                return pet
        abort(404, message="There is no such pet.")
        return None

    @blp.arguments(PetPatchSchema(partial=True))
    @blp.response(200, PetSchema)
    def patch(self, data: dict[str, Any], pet_id: int) -> Any:
        """Change a pet."""
        return {**PETS[0], **data, "id": pet_id}


def create_app() -> Flask:
    app = Flask("smorest_shop")
    app.config.update(API_TITLE="Pets", API_VERSION="1", OPENAPI_VERSION="3.0.2")
    Api(app).register_blueprint(blp)
    return app
