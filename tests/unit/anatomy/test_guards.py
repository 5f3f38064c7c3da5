"""What is wrapped around a view."""

from __future__ import annotations

from functools import wraps
from typing import Any, ClassVar

from flask import Blueprint
from flask.views import MethodView
from flask_jwt_extended import jwt_required
from flask_login import login_required

from gateway.anatomy.guards import Guard, guards_of
from tests.unit.anatomy.views import view

bp = Blueprint("bp", __name__)


def keys_only(role: str) -> Any:
    def wrap(function: Any) -> Any:
        @wraps(function)
        def inner(**arguments: Any) -> Any:
            return function(**arguments)

        return inner

    return wrap


@bp.get("/routed")
@login_required
@jwt_required(refresh=True)
@keys_only("admin")
def guarded() -> str:
    return "a"


@bp.route("/plain")
def plain() -> str:
    return "a"


class Views(MethodView):
    decorators = (keys_only("admin"), login_required)

    @keys_only("writer")
    def get(self) -> str:
        return "a"


class Resource(MethodView):
    method_decorators: ClassVar = {"get": [login_required], "post": []}

    def get(self) -> str:
        return "a"

    def post(self) -> str:
        return "a"


def test_the_outermost_first_without_the_route():
    assert guards_of(view(guarded)) == [
        Guard("flask_login.login_required", "login_required"),
        Guard("flask_jwt_extended.jwt_required", "jwt_required(refresh=True)", (("refresh", True),)),
        Guard("tests.keys_only", "keys_only('admin')", None),
    ]


def test_a_view_that_is_only_routed_has_none():
    assert guards_of(view(plain)) == []


def test_of_a_class_those_of_the_class_come_first():
    found = guards_of(view(Views.as_view("views")))
    assert [guard.text for guard in found] == ["login_required", "keys_only", "keys_only('writer')"]
    assert found[0].name == "flask_login.login_required"


def test_decorators_may_be_of_one_method():
    resource = Resource.as_view("resource")
    assert [guard.text for guard in guards_of(view(resource))] == ["login_required"]
    assert guards_of(view(resource, "POST")) == []
