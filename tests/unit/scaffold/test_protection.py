"""What refuses a request on legacy refuses it on v2."""

from __future__ import annotations

import pytest
from flask import Blueprint, Flask
from flask_wtf import CSRFProtect

from gateway.anatomy.guards import Guard
from gateway.scaffold.protection import is_csrf_protected, protections
from gateway.scaffold.stub import Dependency


@pytest.mark.parametrize(
    ("guard", "call"),
    [
        (Guard("flask_login.login_required", "login_required"), "login_required"),
        (Guard("flask_login.fresh_login_required", "fresh_login_required"), "fresh_login_required"),
        (Guard("flask_jwt_extended.jwt_required", "jwt_required()"), "jwt_required()"),
        (
            Guard("flask_jwt_extended.jwt_required", "", (("refresh", True), ("locations", "headers"))),
            'jwt_required(refresh=True, locations="headers")',
        ),
    ],
    ids=["login", "fresh", "token", "options"],
)
def test_logins_and_tokens_are_dependencies(guard: Guard, call: str):
    (found,), puzzles = protections([guard])
    assert found.call == call
    assert getattr(__import__(found.module, fromlist=[found.name]), found.name)
    assert puzzles == []


@pytest.mark.parametrize(
    "guard",
    [
        Guard("shop.login_required", "login_required"),
        Guard("flask_jwt_extended.jwt_required", "jwt_required(optional=is_open)", None),
        Guard("flask_jwt_extended.jwt_required", "jwt_required(later=True)", (("later", True),)),
        Guard("shop.api_key_required", "api_key_required('admin')", None),
    ],
    ids=["own", "computed", "unknown-option", "key"],
)
def test_a_guard_that_nobody_knows_is_said_and_never_left_out(guard: Guard):
    known, puzzles = protections([guard])
    assert known == []
    assert puzzles == [f"it is wrapped in @{guard.text}: do here what that does"]


@pytest.fixture
def flask() -> Flask:
    app = Flask("forms")
    csrf = CSRFProtect(app)
    inner = Blueprint("inner", __name__)
    open_views = csrf.exempt(Blueprint("open_views", __name__))

    def post() -> str:
        return "a"

    def hook() -> str:
        return "a"

    app.add_url_rule("/", "post", post, methods=["POST"])
    app.add_url_rule("/hook", "hook", csrf.exempt(hook), methods=["POST"])
    inner.add_url_rule("/inner", "post", post, methods=["POST"])
    open_views.add_url_rule("/open", "post", post, methods=["POST"])
    app.register_blueprint(inner)
    app.register_blueprint(open_views)
    return app


@pytest.mark.parametrize(
    ("endpoint", "method", "protected"),
    [
        ("post", "POST", True),
        ("post", "GET", False),
        ("inner.post", "DELETE", True),
        ("hook", "POST", False),
        ("open_views.post", "POST", False),
    ],
)
def test_forms_are_protected_where_flask_wtf_protects_them(flask: Flask, endpoint: str, method: str, protected: bool):
    assert is_csrf_protected(flask, endpoint, method) is protected


def test_nothing_is_protected_where_the_application_does_not():
    assert not is_csrf_protected(Flask("plain"), "static", "POST")
    app = Flask("by hand")
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    CSRFProtect(app)
    assert not is_csrf_protected(app, "static", "POST")


def test_a_dependency_says_where_it_is_from():
    (found,), _ = protections([Guard("flask_login.login_required", "login_required")])
    assert found == Dependency("gateway.compat.login", "login_required", "login_required")
