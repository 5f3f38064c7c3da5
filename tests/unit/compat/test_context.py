"""Both applications know when they are asked in the background (case 88); v2 has legacy's context where it asks."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI
from flask import Flask, abort, current_app, g, has_app_context, has_request_context, jsonify, request, url_for

from gateway.asgi import IS_SHADOW
from gateway.backends.bridge import Bridge
from gateway.backends.local import LocalBackend
from gateway.compat.context import LegacyContext, is_shadow, legacy_context
from gateway.compat.legacy import bind
from gateway.compat.request import Legacy
from gateway.errors import CompatMisused
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
        assert (await ask(backend.shadow())).body == b"true"
        assert (await ask(backend)).body == b"false"
    finally:
        await backend.stop(1)


# Legacy's own context


Inside = Annotated[LegacyContext, Depends(legacy_context())]


def a_legacy() -> tuple[Flask, list[str]]:
    app, torn_down = Flask("contexts"), []
    app.secret_key = "a key"
    app.add_url_rule("/people/<int:number>", "person", lambda number: "")
    app.teardown_request(lambda error: torn_down.append("request"))
    app.teardown_appcontext(lambda error: torn_down.append("application"))
    return app, torn_down


def a_v2_inside(legacy: Flask) -> FastAPI:
    app = FastAPI()
    bind(app, legacy)

    @app.get("/async/{name}")
    async def on_the_loop(name: str, legacy: Inside) -> list[str]:
        g.name = name
        for _ in range(5):
            await asyncio.sleep(0)
            assert g.name == name
        threads = await legacy.run(lambda: g.name)
        task = await asyncio.create_task(_name_of_g())
        return [current_app.name, legacy.g.name, threads, task, legacy.url_for("person", number=7, q="a b")]

    @app.get("/sync/{name}")
    def on_a_thread(name: str, legacy: Inside) -> list[str]:
        g.name = name
        return [current_app.name, g.name, request.path, url_for("person", number=7), legacy.request.method]

    @app.post("/body")
    async def body(legacy: Annotated[LegacyContext, Depends(legacy_context(body=True))]) -> str:
        return await legacy.run(lambda: request.get_json()["a"])

    @app.post("/unread")
    async def unread(legacy: Inside) -> str:
        return await legacy.run(lambda: request.get_data(as_text=True))

    @app.get("/aborts")
    async def aborts(legacy: Inside) -> None:
        await legacy.run(lambda: abort(404, "No such person."))

    @app.get("/fails")
    async def fails(legacy: Inside) -> None:
        await legacy.run(lambda: {}["missing"])

    @app.get("/outside")
    async def outside(legacy: Legacy) -> bool:
        return has_request_context()

    return app


async def _name_of_g() -> str:
    return str(g.name)


async def get(app: FastAPI, target: str, method: str = "GET", **options: Any) -> Any:
    return await ask(app, method, target, [(b"host", b"staff.test"), *options.pop("headers", ())], **options)


async def test_many_requests_at_once_each_have_a_context_of_their_own() -> None:
    """Trap H6: nothing is kept by thread, and nothing leaks from one request to another."""
    legacy, torn_down = a_legacy()
    v2 = a_v2_inside(legacy)
    paths = [f"/{kind}/{number}" for number in range(25) for kind in ("async", "sync")]
    answers = await asyncio.gather(*(get(v2, path) for path in paths))
    for path, answer in zip(paths, answers, strict=True):
        _, kind, name = path.split("/")
        rest = [name, name, "/people/7?q=a+b"] if kind == "async" else [path, "/people/7", "GET"]
        assert json.loads(answer.body) == ["contexts", name, *rest]
    assert not has_app_context()
    assert torn_down == ["application"] * len(paths)


async def test_legacys_context_is_not_there_for_who_did_not_ask() -> None:
    assert (await get(a_v2_inside(a_legacy()[0]), "/outside")).body == b"false"


async def test_legacys_code_reads_a_body_only_if_it_was_handed_over() -> None:
    v2, options = (
        a_v2_inside(a_legacy()[0]),
        {"headers": [(b"content-type", b"application/json")], "body": [b'{"a":"b"}']},
    )
    assert (await get(v2, "/body", "POST", **options)).body == b'"b"'
    with pytest.raises(CompatMisused, match=r"legacy_context\(body=True\)"):
        await get(v2, "/unread", "POST", **options)
    assert (await get(v2, "/unread", "POST")).body == b'""'


async def test_what_legacy_answers_to_an_exception_is_the_answer() -> None:
    v2 = a_v2_inside(a_legacy()[0])
    answer = await get(v2, "/aborts")
    assert (answer.status, b"No such person." in answer.body) == (404, True)
    with pytest.raises(KeyError, match="missing"):
        await get(v2, "/fails")
