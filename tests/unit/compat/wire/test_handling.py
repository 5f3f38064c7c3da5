"""What is around FastAPI's handler: a body of another type than JSON is refused before it is read."""

from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Body, FastAPI
from pydantic import BaseModel

from gateway.compat.wire.declared import Declarations
from gateway.compat.wire.handling import handling
from gateway.compat.wire.route import flask_route
from tests.unit.compat.wire.asking import ask_v2

pytestmark = pytest.mark.anyio


class Item(BaseModel):
    name: str


def an_app() -> FastAPI:
    router = APIRouter(route_class=flask_route("errors.unsupported_media_type"))

    @router.get("/model")
    def page() -> Any:
        return "fine"

    @router.post("/model")
    def post(item: Item) -> Any:
        return item.name

    @router.post("/any")
    def anything(value: Annotated[Any, Body()]) -> Any:
        return str(value)

    @router.post("/optional")
    def optional(item: Item | None = None) -> Any:
        return item

    app = FastAPI()
    app.include_router(router)
    return app


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded"])
@pytest.mark.parametrize("path", ["/model", "/any"])
async def test_json_under_another_type_is_415(kind: str, path: str) -> None:
    asked = await ask_v2(an_app(), path, "POST", {"content-type": kind} if kind else {}, body=b'{"name": "a"}')
    assert (asked.status, asked.used) == (415, ["errors.unsupported_media_type"])


@pytest.mark.parametrize("kind", ["application/json", "application/a+json; charset=utf-8"])
async def test_json_is_read(kind: str) -> None:
    asked = await ask_v2(an_app(), "/model", "POST", {"content-type": kind}, body=b'{"name": "a"}')
    assert (asked.text, asked.used) == ('"a"', [])


async def test_where_no_json_is_required_none_is_asked_for() -> None:
    assert (await ask_v2(an_app(), "/model")).status == 200
    assert (await ask_v2(an_app(), "/optional", "POST")).text == "null"


async def test_without_switches_the_handler_is_fastapis_own() -> None:
    async def handler(request: Any) -> Any: ...

    assert handling(handler, Declarations(), frozenset({"json.nan"})) is handler
