"""R: routing."""

import uuid

from fastapi import Depends, FastAPI
from fastapi.responses import HTMLResponse
from flask import Flask, Response, jsonify, url_for

from gateway.compat.wire.redirects import redirect_defaults
from gateway.compat.wire.route import FlaskRoute
from tests.traps.pair import Row


def flask_page(*rules: str, **options):
    """A Flask application that answers each rule with what it read out of it."""

    def build(app: Flask):
        for rule in rules:
            app.add_url_rule(rule, rule, lambda rule=rule, **values: jsonify(values), **options)

    return build


def nothing():
    return {}


def fastapi_page(*paths: str):
    """The same paths, without parameters."""

    def build(app: FastAPI):
        for path in paths:
            app.add_api_route(path, nothing, methods=["GET"])

    return build


def flask_users(app: Flask):
    app.add_url_rule("/users/<int:number>", "user", lambda number: jsonify(id=number))
    app.add_url_rule("/users/me", "me", lambda: jsonify(me=True))


def fastapi_users(app: FastAPI):
    @app.get("/users/{number}")
    def user(number: int):
        return {"id": number}

    @app.get("/users/me")
    def me():
        return {"me": True}


def fastapi_int(app: FastAPI):
    @app.get("/i/{x}")
    def page(x: int):
        return {"x": x}


def fastapi_float(app: FastAPI):
    @app.get("/f/{x}")
    def page(x: float):
        return {"x": x}


def fastapi_uuid(app: FastAPI):
    @app.get("/u/{x}")
    def page(x: uuid.UUID):
        return {"x": x}


def fastapi_path(app: FastAPI):
    @app.get("/path/{rest:path}")
    def page(rest: str):
        return {"rest": rest}


def flask_pages(app: Flask):
    def view(page):
        return jsonify(page=page)

    app.add_url_rule("/pages/", "pages", view, defaults={"page": 1})
    app.add_url_rule("/pages/page/<int:page>", "pages", view)


def fastapi_pages(app: FastAPI):
    @app.get("/pages/page/{page}")
    def pages(page: int):
        return {"page": page}


def fastapi_pages_kept(app: FastAPI):
    app.router.route_class = FlaskRoute

    @app.get("/pages/page/{page}", dependencies=[Depends(redirect_defaults("/pages/", page=1))])
    def pages(page: int):
        return {"page": page}


def flask_link(app: Flask):
    app.add_url_rule("/r", "r", lambda: Response("", 302, {"Location": url_for("r")}))


def fastapi_link(app: FastAPI):
    app.add_api_route("/r", lambda: HTMLResponse("", 302, {"Location": "/r"}))


ROWS = (
    Row("R1", "slash_missing", flask_page("/slash/"), fastapi_page("/slash/"), "/slash?x=1"),
    Row("R2", "slash_too_many", flask_page("/noslash"), fastapi_page("/noslash"), "/noslash/"),
    Row("R3", "head", flask_page("/r"), fastapi_page("/r"), method="HEAD"),
    Row("R4", "options", flask_page("/r"), fastapi_page("/r"), method="OPTIONS"),
    Row("R5", "wrong_method", flask_page("/r"), fastapi_page("/r"), method="POST"),
    Row("R6", "fixed_after_parameter", flask_users, fastapi_users, "/users/me"),
    *(
        Row("R7", f"int_{name}", flask_page("/i/<int:x>"), fastapi_int, f"/i/{segment}")
        for name, segment in (
            ("word", "abc"),
            ("negative", "-5"),
            ("integral_float", "1.0"),
            ("underscore", "1_000"),
            ("space", "%201"),
        )
    ),
    *(
        Row("R7b", f"float_{name}", flask_page("/f/<float:x>"), fastapi_float, f"/f/{segment}")
        for name, segment in (("negative", "-1.5"), ("exponent", "1e3"), ("nan", "nan"), ("word", "high"))
    ),
    *(
        Row("R7c", f"uuid_{name}", flask_page("/u/<uuid:x>"), fastapi_uuid, f"/u/{segment}")
        for name, segment in (("hex", "a" * 32), ("braces", "%7B12345678-1234-1234-1234-123456789abc%7D"))
    ),
    Row("R7d", "empty_rest", flask_page("/path/<path:rest>"), fastapi_path, "/path/"),
    Row("R7e", "double_slash", flask_page("/noslash"), fastapi_page("/noslash"), "//noslash"),
    Row("R8", "defaults", flask_pages, fastapi_pages, "/pages/page/1", kept=fastapi_pages_kept),
    Row("R9", "mount", flask_link, fastapi_link, mount="/legacy"),
    Row("R10", "docs", flask_page("/docs"), lambda app: None, "/docs"),
)
