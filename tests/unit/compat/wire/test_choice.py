"""What one route keeps and drops of its router's switches."""

import pytest
from fastapi import APIRouter, FastAPI

from gateway.compat.wire.choice import choice_of, dropped, kept
from gateway.compat.wire.route import FlaskRoute, flask_route
from tests.unit.compat.wire.asking import ask_v2


def test_a_route_keeps_and_drops_beside_its_router() -> None:
    @kept("json.nan")
    @kept("responses.text")
    @dropped("json.text_form")
    def page() -> None: ...

    assert choice_of(page, frozenset({"json.text_form", "json.ascii"})) == {"json.ascii", "json.nan", "responses.text"}


def test_a_name_that_is_none_is_refused_where_it_is_written() -> None:
    with pytest.raises(ValueError, match=r"json\.text"):
        kept("json.text")


@pytest.mark.anyio
async def test_the_choice_holds_in_an_included_router_with_a_prefix() -> None:
    plain = APIRouter(route_class=FlaskRoute)

    @plain.get("/kept")
    @kept("responses.text")
    def text() -> str:
        return "hello"

    @plain.get("/not")
    def as_json() -> str:
        return "hello"

    flasky = APIRouter(route_class=flask_route("responses"))

    @flasky.get("/dropped")
    @dropped("responses.text")
    def retired() -> str:
        return "hello"

    app = FastAPI()
    app.include_router(plain, prefix="/a")
    app.include_router(flasky, prefix="/b")
    assert [(await ask_v2(app, path)).text for path in ("/a/kept", "/a/not", "/b/dropped")] == [
        "hello",
        '"hello"',
        '"hello"',
    ]
