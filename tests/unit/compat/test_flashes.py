"""Flash messages: left by one side, shown once by the other."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from flask import Flask, flash, message_flashed

from gateway.compat.flashes import Flash, Flashes
from gateway.compat.legacy import bind
from tests.support.stateful.visitor import Visitor, both

pytestmark = pytest.mark.anyio


def an_app(taken: list[list[Flash]]) -> FastAPI:
    app = FastAPI()
    bind(app)

    @app.get("/add")
    async def add(flashes: Flashes) -> None:
        flashes.add("plain")
        flashes.add("<b>bad</b>", "error")

    @app.get("/errors")
    async def errors(flashes: Flashes) -> None:
        taken.append(flashes.take(["error"]))
        taken.append(flashes.take())

    @app.get("/take")
    def take(flashes: Flashes) -> None:
        taken.append(flashes.take())

    return app


def a_flask() -> Flask:
    app = Flask("flashes")
    app.secret_key = "a key"

    @app.get("/add")
    def add() -> str:
        flash("from legacy")
        return ""

    return app


async def test_messages_have_their_category_and_are_taken_whole() -> None:
    """As Flask does it: what is filtered out is gone, too, and within a request the same messages come again."""
    taken: list[list[Flash]] = []
    async with both(a_flask(), an_app(taken)) as sides:
        visitor = Visitor(sides)
        await visitor.ask("v2", "GET", "/add")
        await visitor.ask("v2", "GET", "/errors")
        await visitor.ask("v2", "GET", "/take")
    assert taken == [[("error", "<b>bad</b>")], [("message", "plain"), ("error", "<b>bad</b>")], []]
    assert taken[0][0].category == "error"


async def test_a_message_of_legacys_is_taken_by_v2_once_and_counted_once() -> None:
    taken: list[list[Flash]] = []
    applied: list[str] = []
    async with both(a_flask(), an_app(taken), applied) as sides:
        visitor = Visitor(sides)
        await visitor.ask("legacy", "GET", "/add")
        for _ in range(2):
            await visitor.ask("v2", "GET", "/take")
    assert taken == [[("message", "from legacy")], []]
    assert applied.count("flashes.take") == 1


async def test_who_listens_on_legacy_hears_of_v2s_messages() -> None:
    heard: list[tuple[str, str]] = []

    def listen(sender: Flask, message: str, category: str, **_: object) -> None:
        heard.append((category, message))

    with message_flashed.connected_to(listen):
        async with both(a_flask(), an_app([])) as sides:
            await Visitor(sides).ask("v2", "GET", "/add")
    assert heard == [("message", "plain"), ("error", "<b>bad</b>")]
