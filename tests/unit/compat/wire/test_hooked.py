"""OPTIONS is answered with what legacy's functions add to it: what a browser asks before it lets a page call."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from flask import Flask, request
from flask_cors import CORS

from gateway.compat.hooks import hooks
from gateway.compat.legacy import bind
from gateway.compat.wire.install import install
from gateway.compat.wire.route import flask_route
from tests.support.asgi import Answer
from tests.support.stateful.visitor import Visitor, both

pytestmark = pytest.mark.anyio

PREFLIGHT = {
    "origin": "https://shop.test",
    "access-control-request-method": "PUT",
    "access-control-request-headers": "x-key",
}


def a_flask() -> Flask:
    app = Flask("calls")
    CORS(app, origins=["https://shop.test"], supports_credentials=True)
    app.add_url_rule("/items", view_func=lambda: "items", methods=["GET", "PUT"])
    app.before_request(refuse_robots)
    return app


def refuse_robots() -> Any:
    return ("No robots.\n", 403) if "robot" in request.headers.get("user-agent", "") else None


def a_v2(where: str) -> FastAPI:
    app, chosen = FastAPI(), [Depends(hooks("refuse_robots", "cors_after_request"))]
    install(app, "all")
    bind(app)
    router = APIRouter(route_class=flask_route("all"), dependencies=chosen if where == "router" else [])
    router.add_api_route(
        "/items", lambda: "items", methods=["GET", "PUT"], dependencies=chosen if where == "route" else []
    )
    app.include_router(router, prefix="/other")  # elsewhere, and without the functions of the place that is asked
    app.include_router(router, dependencies=chosen if where == "include" else [])
    return app


def told(answer: Answer) -> dict[bytes, bytes]:
    return {name: b", ".join(sorted(value.split(b", "))) for name, value in answer.headers}


@pytest.mark.parametrize("where", ["route", "router", "include"])
@pytest.mark.parametrize("agent", ["browser", "robot"])
async def test_a_preflight_is_answered_as_on_legacy(where: str, agent: str) -> None:
    async with both(a_flask(), a_v2(where)) as sides:
        headers = {**PREFLIGHT, "user-agent": agent}
        on_legacy, on_v2 = [await Visitor(sides).ask(side, "OPTIONS", "/items", headers=headers) for side in sides]
        assert (on_v2.status, on_v2.body, told(on_v2)) == (on_legacy.status, on_legacy.body, told(on_legacy))
        assert on_v2.header(b"access-control-allow-origin") == b"https://shop.test"


async def test_a_route_that_chose_no_functions_runs_none() -> None:
    async with both(a_flask(), a_v2("nowhere")) as sides:
        answer = await Visitor(sides).ask("v2", "OPTIONS", "/items", headers=PREFLIGHT)
        assert (answer.status, answer.header(b"access-control-allow-origin")) == (200, None)
