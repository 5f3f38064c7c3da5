"""Redirects as Flask sends them."""

from typing import Any

import pytest
from fastapi import Depends, FastAPI
from fastapi.responses import RedirectResponse
from flask import Flask
from flask import redirect as flask_redirect
from starlette.background import BackgroundTask

from gateway.compat.wire.install import install
from gateway.compat.wire.redirects import redirect, redirect_defaults
from gateway.compat.wire.route import FlaskRoute
from tests.unit.compat.wire.asking import ask_flask, ask_v2

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("place", "status"), [("/x?a=1&b=ü", 302), ("http://other.test/<a>", 301), ("y", 303), ("/x", 307)]
)
async def test_redirect_is_flasks(place: str, status: int) -> None:
    legacy, v2 = Flask("legacy"), FastAPI()
    legacy.add_url_rule("/r", "r", lambda: flask_redirect(place, status))
    v2.add_api_route("/r", lambda: redirect(place, status), response_model=None)
    ours, theirs = await ask_v2(v2), ask_flask(legacy)
    assert (ours.status, ours.text) == (theirs.status_code, theirs.text)
    assert {name: ours.header(name) for name in theirs.headers.keys()} == dict(theirs.headers)  # noqa: SIM118 - Headers


async def test_a_redirect_response_keeps_its_status_headers_and_task() -> None:
    app, ran = FastAPI(), []
    install(app, "responses.redirects")

    @app.get("/r")
    def page() -> Any:
        answer = RedirectResponse("/x", 303, {"X-A": "1"}, BackgroundTask(ran.append, "task"))
        answer.set_cookie("a", "1")
        return answer

    @app.get("/default")
    def default() -> Any:
        return RedirectResponse("/x")

    asked = await ask_v2(app)
    assert (asked.status, asked.header("location"), asked.header("x-a")) == (303, "/x", "1")
    assert asked.header("set-cookie") == "a=1; Path=/; SameSite=lax"
    assert (await ask_v2(app, "/default")).status == 302
    assert ran == ["task"]


@pytest.mark.parametrize("route_class", [True, False])
async def test_a_default_spelled_out_leads_to_the_short_path(route_class: bool) -> None:
    app = FastAPI()
    if route_class:
        app.router.route_class = FlaskRoute

    @app.get("/pages/{kind}/{page}", dependencies=[Depends(redirect_defaults("/pages/", kind="all", page=1))])
    def pages(kind: str, page: int) -> Any:
        return [kind, page]

    asked = await ask_v2(app, "/pages/all/1?x=%20")
    assert (asked.status, asked.header("location")) == (308, "http://shop.test/pages/?x=%20")
    assert ("<title>Redirecting...</title>" in asked.text) is route_class
    assert (await ask_v2(app, "/pages/all/01")).status == 308
    assert (await ask_v2(app, "/pages/all/2")).text == '["all",2]'
    assert (await ask_v2(app, "/pages/some/1")).used == []
