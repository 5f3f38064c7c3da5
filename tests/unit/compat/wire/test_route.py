"""Which route answers which request, and how: compared with Flask's own routing."""

from typing import Any
from uuid import UUID

import pytest
from fastapi import APIRouter, FastAPI, HTTPException, Response
from fastapi.responses import JSONResponse
from flask import Flask, jsonify

from gateway.compat.wire.detour import KEY
from gateway.compat.wire.install import install
from gateway.compat.wire.route import FlaskRoute, flask_route
from tests.support.asgi import a_scope
from tests.unit.compat.wire.asking import ask_flask, ask_v2

pytestmark = pytest.mark.anyio


def flask_app() -> Flask:
    app = Flask("legacy")
    for rule, methods in (
        ("/plain", ["GET"]),
        ("/slash/", ["GET", "POST"]),
        ("/post", ["POST"]),
        ("/both", ["GET", "PUT"]),
        ("/i/<int:x>", ["GET"]),
        ("/u/<uuid:x>/", ["GET"]),
        ("/rest/<path:x>", ["GET"]),
        ("/a/b/", ["GET"]),
    ):
        app.add_url_rule(rule, rule, lambda **values: jsonify(values), methods=methods)
    app.add_url_rule("/i/<x>", "named", lambda x: jsonify(name=x), methods=["DELETE"])
    return app


def v2_app(*switches: str) -> FastAPI:
    router = APIRouter(route_class=flask_route(*switches))

    @router.get("/plain")
    @router.post("/post")
    @router.api_route("/slash/", methods=["GET", "POST"])
    @router.api_route("/both", methods=["GET", "PUT"])
    @router.get("/b/")
    def nothing() -> Any:
        return {}

    @router.get("/i/{x}")
    def number(x: int) -> Any:
        return {"x": x}

    @router.delete("/i/{x}")
    def named(x: str) -> Any:
        return {"name": x}

    @router.get("/u/{x}/")
    def unique(x: UUID) -> Any:
        return {"x": str(x)}

    @router.get("/rest/{x:path}")
    def rest(x: str) -> Any:
        return {"x": x}

    inner = APIRouter(route_class=flask_route(*switches))

    @inner.get("/b/")
    def deep() -> Any:
        return {}

    outer = APIRouter()
    outer.include_router(inner)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    if switches:
        install(app, *switches)
    app.include_router(outer, prefix="/a")
    app.include_router(router)
    return app


LEGACY = flask_app()
V2 = v2_app("routing", "params.path_converters", "errors.pages", "json", "cookies")
PATHS = [
    *("/plain", "/plain/", "//plain", "/slash", "/slash/", "/slash/?x=%20", "/slash?x=%20", "/slash//", "//slash"),
    *("/post", "/both", "/i/5", "/i/abc", "/i/-5", "/i/%D9%A3", "/i/5/", "/u/x/", f"/u/{UUID(int=5)}", "/none"),
    *(f"/u/{UUID(int=5)}/", "/rest/", "/rest/a", "/rest/a/b/", "/rest", "/a/b", "/a/b/", "/a//b/", "/a//b", "///a/b/"),
]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "DELETE"])
@pytest.mark.parametrize("path", PATHS)
async def test_v2_answers_as_flask_does(method: str, path: str) -> None:
    ours, theirs = await ask_v2(V2, path, method), ask_flask(LEGACY, path, method)
    assert (ours.status, ours.text) == (theirs.status_code, theirs.text)
    for name in ("content-type", "location", "content-length"):
        assert ours.header(name) == theirs.headers.get(name), name
    assert set((ours.header("allow") or "").split(", ")) == set(theirs.headers.get("allow", "").split(", "))


@pytest.mark.parametrize("first", ["GET", "POST"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "OPTIONS"])
@pytest.mark.parametrize("path", ["/list", "/list/", "/a//list/", "/a/list//", "/list//", "//list"])
async def test_a_path_whose_methods_are_several_routes_is_one_rule_of_flasks(
    first: str, method: str, path: str
) -> None:
    """Written as FastAPI's users do, GET here and POST there: a form that is posted without the slash finds its way."""
    legacy, v2 = Flask("legacy"), FastAPI()
    install(v2, "routing", "errors.pages", "responses")
    for rule in ("/list/", "/a/list/"):
        for one in sorted(["GET", "POST"], reverse=first == "POST"):
            legacy.add_url_rule(rule, f"{rule}{one}", lambda: "list", methods=[one])
            v2.add_api_route(rule, lambda: "list", methods=[one])
    ours, theirs = await ask_v2(v2, path, method), ask_flask(legacy, path, method)
    assert (ours.status, ours.header("location")) == (theirs.status_code, theirs.headers.get("location"))


async def test_without_switches_it_is_fastapis_route() -> None:
    bare = v2_app()
    for method, path in (("HEAD", "/plain"), ("OPTIONS", "/plain"), ("GET", "/i/abc"), ("GET", "//plain")):
        assert (await ask_v2(bare, path, method)).status in {404, 405, 422}
    assert (await ask_v2(bare, "/slash")).status == 307


@pytest.mark.parametrize(
    ("switch", "method", "path", "status"),
    [
        ("routing.head", "HEAD", "/plain", 200),
        ("routing.options", "OPTIONS", "/plain", 200),
        ("routing.merge_slashes", "GET", "//plain", 200),
        ("routing.slash_redirect", "GET", "/slash", 308),
        ("routing.strict_slashes", "GET", "/plain/", 404),
        ("params.path_converters", "GET", "/i/abc", 405),
        ("params.path_converters", "GET", "/u/x/", 404),
    ],
)
async def test_a_switch_works_alone_and_is_counted_once(switch: str, method: str, path: str, status: int) -> None:
    asked = await ask_v2(v2_app(switch), path, method)
    assert (asked.status, asked.used) == (status, [switch])


async def test_head_runs_the_endpoint_and_keeps_its_headers() -> None:
    app = FastAPI()
    app.router.route_class = flask_route("routing.head")

    @app.get("/r")
    def page(response: Response) -> str:
        response.headers["X-A"] = "1"
        return "hello"

    asked = await ask_v2(app, method="HEAD")
    assert (asked.header("x-a"), asked.header("content-length"), asked.text) == ("1", "7", "")


@pytest.mark.parametrize("path", ["/crash", "/refused", "/told"])
async def test_head_has_no_body_where_get_has_an_errors_page(path: str) -> None:
    app = FastAPI()
    app.router.route_class = flask_route("routing.head", "errors.pages")

    @app.get("/crash")
    def crash() -> None:
        raise ValueError("a mistake")

    @app.get("/refused")
    async def refused() -> None:
        raise HTTPException(403)

    @app.get("/told")
    async def told() -> JSONResponse:
        return JSONResponse({"a": 1}, 409)

    asked, got = await ask_v2(app, path, "HEAD"), await ask_v2(app, path)
    assert got.text
    assert (asked.status, asked.text, asked.header("content-length")) == (
        got.status,
        "",
        str(len(got.answer.body)),
    )


async def test_an_error_after_the_head_of_an_answer_stays_an_error() -> None:
    app = FastAPI()
    app.router.route_class = flask_route("errors.pages", "responses.streams")

    @app.get("/r")
    def page() -> Any:
        yield "a"
        raise ValueError("too late")

    asked = await ask_v2(app)
    assert (asked.status, asked.answer.finished) == (200, False)
    assert isinstance(asked.raised, ValueError)


async def test_a_detour_is_no_secret_of_the_endpoint() -> None:
    app = FastAPI()
    app.router.route_class = flask_route("routing.merge_slashes")
    app.add_api_route("/r", lambda: "a")
    scope = a_scope(target="//r")
    route = app.routes[-1]
    assert isinstance(route, FlaskRoute)
    assert KEY in route.matches(scope)[1]
    assert KEY not in scope
    assert (await ask_v2(app, "//r")).text == '"a"'


def test_websocket_scopes_are_not_its() -> None:
    route = flask_route("all")("/r", lambda: None)
    assert route.matches({"type": "websocket", "path": "/r"})[0].name == "NONE"
