"""Both applications know when they are asked in the background (case 88)."""

from __future__ import annotations

import asyncio

import pytest
from fastapi import FastAPI
from flask import Flask, jsonify

from gateway.asgi import IS_SHADOW
from gateway.backends.bridge import Bridge
from gateway.backends.local import LocalBackend
from gateway.compat.context import is_shadow
from tests.support.asgi import ask

pytestmark = pytest.mark.anyio


def a_flask() -> Flask:
    app = Flask("shadowed")
    app.add_url_rule("/", view_func=lambda: jsonify(is_shadow()))
    return app


@pytest.mark.parametrize("shadow", [True, False])
async def test_a_flask_view_knows(shadow: bool) -> None:
    bridge = Bridge(a_flask())

    async def as_the_lane_does() -> bytes:
        IS_SHADOW.set(shadow)
        return (await ask(bridge)).body

    assert await asyncio.create_task(as_the_lane_does()) == (b"true\n" if shadow else b"false\n")
    await bridge.shutdown(1)


async def test_a_fastapi_handler_knows_and_only_when_it_is_one() -> None:
    app = FastAPI()

    @app.get("/")
    async def root() -> bool:
        return is_shadow()

    backend = LocalBackend(app)
    await backend.start()
    await backend.settled()
    try:
        assert (await ask(backend.variant(variables={IS_SHADOW: True}, background=False))).body == b"true"
        assert (await ask(backend)).body == b"false"
    finally:
        await backend.stop(1)
