"""The switches for a whole application: what no route answers, and what was there before."""

from typing import Any

import pytest
from fastapi import APIRouter, FastAPI, HTTPException, Request
from fastapi.responses import PlainTextResponse
from flask import Flask

from gateway.compat.wire.install import install
from tests.unit.compat.wire.asking import ask_flask, ask_v2

pytestmark = pytest.mark.anyio


def crash() -> None:
    raise ValueError("a secret")


async def test_unknown_paths_and_crashes_get_legacys_page_on_every_router() -> None:
    legacy, app, router = Flask("legacy"), FastAPI(), APIRouter()
    legacy.add_url_rule("/crash", "crash", crash)
    router.add_api_route("/crash", crash)
    install(app, "errors.pages")
    app.include_router(router)
    for path in ("/unknown", "/crash"):
        ours, theirs = await ask_v2(app, path, legacy=legacy), ask_flask(legacy, path)
        assert (ours.status, ours.text) == (theirs.status_code, theirs.text)
        assert ours.header("content-type") == theirs.headers["content-type"]
        assert ours.used == ["errors.pages"]
    assert isinstance((await ask_v2(app, "/crash")).raised, ValueError)


async def test_what_handled_errors_before_goes_on_where_no_page_is_due() -> None:
    app = FastAPI()

    @app.exception_handler(HTTPException)
    async def own(request: Request, error: Exception) -> Any:
        return PlainTextResponse("ours")

    install(app, "json")

    @app.get("/r")
    def page() -> None:
        raise HTTPException(404)

    assert (await ask_v2(app)).text == "ours"


async def test_a_plain_handler_of_before_is_called_too() -> None:
    app = FastAPI()
    app.add_exception_handler(HTTPException, lambda request, error: PlainTextResponse("plain"))
    install(app, "json")
    app.add_api_route("/r", crash_politely)
    assert (await ask_v2(app)).text == "plain"


def crash_politely() -> None:
    raise HTTPException(404)


async def test_an_application_without_switches_is_as_it_was() -> None:
    app = FastAPI()
    install(app)
    app.add_api_route("/r", lambda: {"b": "ü", "a": 1})
    assert [(await ask_v2(app, path)).text for path in ("/r", "/x")] == ['{"b":"ü","a":1}', '{"detail":"Not Found"}']


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no compat switch"):
        install(FastAPI(), "errors.page")
