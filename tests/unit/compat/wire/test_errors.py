"""Errors of a route: whose page they get, and who else sees them."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Body, Depends, FastAPI, HTTPException, Request
from fastapi.responses import PlainTextResponse
from flask import Flask
from pydantic import BaseModel

from gateway.compat.wire.errors import handler_of, page_for
from gateway.compat.wire.install import install
from gateway.compat.wire.route import flask_route
from tests.support.asgi import a_scope
from tests.unit.compat.wire.asking import ask_v2

pytestmark = pytest.mark.anyio
JSON = {"content-type": "application/json"}


class Teapot(HTTPException):
    pass


class Item(BaseModel):
    name: str


def a_router(*switches: str) -> FastAPI:
    router = APIRouter(route_class=flask_route(*switches))

    @router.get("/r")
    def page(n: int, status: int = 0, own: bool = False) -> Any:
        if status:
            raise (Teapot if own else HTTPException)(status, "no", {"X-A": "1"})
        return n

    @router.post("/r")
    def post(item: Item) -> Any:
        return item.name

    @router.post("/any")
    def anything(value: Annotated[Any, Body()]) -> Any:
        return str(value)

    app = FastAPI()
    app.include_router(router)
    return app


async def test_the_pages_switch_works_on_a_router_alone() -> None:
    app = a_router("errors.pages")
    asked = await ask_v2(app, "/r?n=1&status=403")
    assert (asked.status, asked.header("content-type")) == (403, "text/html; charset=utf-8")
    assert "<p>no</p>" in asked.text
    assert (asked.header("x-a"), asked.used) == ("1", ["errors.pages"])
    assert (await ask_v2(app, "/r?n=x")).status == 422
    assert (await ask_v2(app, "/elsewhere")).text == '{"detail":"Not Found"}'


async def test_handlers_of_the_application_come_first() -> None:
    app = a_router("errors.pages")

    @app.exception_handler(Teapot)
    def teapot(request: Request, error: Exception) -> Any:
        return PlainTextResponse("short and stout", 418)

    @app.exception_handler(410)
    def gone(request: Request, error: Exception) -> Any:
        return PlainTextResponse("gone", 410)

    assert (await ask_v2(app, "/r?n=1&status=403&own=1")).text == "short and stout"
    assert (await ask_v2(app, "/r?n=1&status=410")).text == "gone"
    assert "<p>no</p>" in (await ask_v2(app, "/r?n=1&status=403")).text


async def test_422_becomes_400_and_its_page() -> None:
    app = a_router("errors.validation_as_400")
    for target in ("/r", "/r?n=x"):
        asked = await ask_v2(app, target)
        assert (asked.status, asked.used) == (400, ["errors.validation_as_400"])
        assert "<h1>Bad Request</h1>" in asked.text
    assert (await ask_v2(app, "/r", "POST", JSON, body=b'{"name": 5}')).status == 400
    assert (await ask_v2(app, "/r?n=1&status=403")).text == '{"detail":"no"}'


async def test_legacys_handlers_answer_for_routing_and_validation() -> None:
    legacy = Flask("legacy")
    legacy.register_error_handler(400, lambda error: ({"error": error.code}, 400))
    app = a_router("errors.validation_as_400")
    assert (await ask_v2(app, "/r", legacy=legacy)).text == '{"error":400}\n'


async def test_an_error_with_members_stays_fastapis() -> None:
    request = Request({**a_scope(), "app": FastAPI()})
    assert await page_for(HTTPException(404, {"code": 7}), request, frozenset({"errors.pages"})) is None
    assert await page_for(ValueError(), request, frozenset({"errors.pages"})) is None


async def test_dependencies_with_yield_see_the_error_and_roll_back() -> None:
    app, seen = FastAPI(), []
    install(app, "errors", "params")

    async def transaction() -> AsyncIterator[None]:
        try:
            yield
        except HTTPException as error:
            seen.append(error.status_code)
            raise
        seen.append("commit")

    @app.get("/r", dependencies=[Depends(transaction)])
    def page(n: int = 0) -> int:
        if n:
            raise HTTPException(409, "taken")
        return n

    asked = await ask_v2(app, "/r?n=1")
    assert (asked.status, "<p>taken</p>" in asked.text, seen) == (409, True, [409])
    assert ((await ask_v2(app)).status, seen) == (200, [409, "commit"])


@pytest.mark.parametrize("status", [404, 405])
async def test_the_applications_handler_for_a_status_of_routing_comes_first(status: int) -> None:
    app = FastAPI()
    install(app, "errors.pages", "params.path_converters")

    @app.exception_handler(status)
    async def own(request: Request, error: Exception) -> Any:
        return PlainTextResponse("ours", status)

    @app.get("/r/{number}")
    def page(number: int) -> int:
        return number

    asked = await ask_v2(app, "/r/x" if status == 404 else "/r/5", "GET" if status == 404 else "PUT")
    assert (asked.status, asked.text) == (status, "ours")


async def test_without_a_handler_before_the_error_goes_on() -> None:
    handle = handler_of(frozenset(), None)
    error = HTTPException(404)
    with pytest.raises(HTTPException) as raised:
        await handle(Request(a_scope()), error)
    assert raised.value is error
