"""Legacy's functions around v2's routes: those that are chosen, in Flask's order, and no others."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import FileResponse, Response, StreamingResponse
from flask import Blueprint, Flask, after_this_request, g, request, session

from gateway.backends.local import LocalBackend
from gateway.compat.hooks import hooks
from gateway.compat.legacy import bind
from gateway.compat.request import Legacy
from gateway.compat.wire.route import flask_route
from tests.support.asgi import Answer, a_scope, ask
from tests.support.stateful import legacy as stateful
from tests.support.stateful.visitor import Visitor, both

pytestmark = pytest.mark.anyio


def a_v2(*dependencies: Any, legacy: Flask | None = None) -> FastAPI:
    app = FastAPI()
    bind(app, legacy)
    router = APIRouter(dependencies=[Depends(dependency) for dependency in dependencies])

    @router.get("/plain")
    async def plain() -> Response:
        return Response("text", media_type="text/plain")

    @router.get("/stream")
    async def stream() -> StreamingResponse:
        return StreamingResponse(iter(["te", "xt"]), media_type="text/plain")

    @router.post("/echo")
    async def echo(request: Request) -> Any:
        return (await request.body()).decode()

    @router.get("/later")
    async def later(legacy: Legacy) -> None:
        def mark(response: Any) -> Any:
            response.headers["X-Later"] = "yes"
            return response

        legacy.here(lambda: after_this_request(mark))

    app.include_router(router)
    return app


async def asked(flask_app: Flask, v2: FastAPI, target: str = "/plain", **options: Any) -> Answer:
    async with both(flask_app, v2) as sides:
        return await Visitor(sides).ask("v2", options.pop("method", "GET"), target, **options)


async def test_a_function_that_answers_does_so_in_v2s_place() -> None:
    v2 = a_v2(hooks("refuse_during_maintenance"))
    assert (await asked(stateful.create_app(), v2)).body == b"text"
    answer = await asked(stateful.create_app(MAINTENANCE=True), v2)
    assert (answer.status, answer.body) == (503, b"We are back soon.\n")


async def test_what_one_function_leaves_another_finds() -> None:
    v2 = a_v2(hooks("remember_request_id", "legacy.hooks.add_headers"))
    assert (await asked(stateful.create_app(), v2, headers={"x-request-id": "r7"})).header(b"x-request-id") == b"r7"


async def test_what_is_not_chosen_does_not_run() -> None:
    flask_app = stateful.create_app()
    answer = await asked(flask_app, a_v2(hooks("add_headers")))
    assert answer.header(b"x-request-id") == b"unset"
    assert flask_app.audit == []


async def test_a_function_that_changes_the_body_gets_it_whole() -> None:
    v2 = a_v2(hooks("count_letters", reads_answer=True))
    for target in ("/plain", "/stream"):
        answer = await asked(stateful.create_app(), v2, target)
        assert (answer.body, answer.header(b"x-letters"), answer.header(b"content-length")) == (b"text!", b"4", b"5")


async def test_a_head_has_the_headers_that_a_function_gives_a_get() -> None:
    legacy, v2 = stateful.create_app(), FastAPI()
    bind(v2)
    router = APIRouter(
        route_class=flask_route("routing.head"), dependencies=[Depends(hooks("count_letters", reads_answer=True))]
    )
    router.add_api_route("/text", lambda: Response("text", media_type="text/plain"))
    v2.include_router(router)
    legacy.add_url_rule("/text", view_func=lambda: ("text", {"Content-Type": "text/plain"}))
    async with both(legacy, v2) as sides:
        for side in sides:
            answer = await Visitor(sides).ask(side, "HEAD", "/text")
            assert (answer.body, answer.header(b"x-letters"), answer.header(b"content-length")) == (b"", b"4", b"5")


async def test_a_file_that_the_server_could_send_itself_is_shown_to_a_function(tmp_path: Path) -> None:
    file, v2, sent = tmp_path / "file.txt", FastAPI(), list[Any]()
    file.write_text("text", encoding="utf-8")
    bind(v2, stateful.create_app())
    v2.add_api_route(
        "/file", lambda: FileResponse(file), dependencies=[Depends(hooks("count_letters", reads_answer=True))]
    )

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return await asyncio.Event().wait()

    offered = {"extensions": {"http.response.pathsend": {}}}
    await v2({**a_scope("GET", "/file", [(b"host", b"h")]), **offered}, receive, send)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[1]["body"] == b"text!"


async def test_a_function_that_looks_at_a_body_that_it_was_not_given_is_an_error() -> None:
    """Never an empty body that it takes for the answer's."""
    assert (await asked(stateful.create_app(), a_v2(hooks("count_letters")))).status == 500


@pytest.mark.parametrize("whole", [True, False])
async def test_a_function_may_put_another_answer_in_place_of_v2s_if_it_was_given_it(whole: bool) -> None:
    app = Flask("replaces")

    @app.after_request
    def replace(response: Any) -> Any:
        return app.response_class("another", 418)

    answer = await asked(app, a_v2(hooks("replace", reads_answer=whole)))
    if whole:
        assert (answer.status, answer.body, answer.header(b"content-length")) == (418, b"another", b"7")
    else:
        assert answer.status == 500  # never the new head before the old body


async def test_a_stream_is_not_held_back_for_functions_that_set_headers() -> None:
    answer = await asked(stateful.create_app(), a_v2(hooks("add_headers")), "/stream")
    assert [message.get("body") for message in answer.messages[1:3]] == [b"te", b"xt"]


async def test_chosen_teardown_functions_run_at_the_end_and_not_in_a_shadow() -> None:
    flask_app, used = stateful.create_app(), list[str]()
    async with both(flask_app, a_v2(hooks("write_audit_entry")), used) as sides:
        await Visitor(sides).ask("v2", "GET", "/plain")
        assert flask_app.audit == [("/plain", "NoneType")]
        assert "hooks.teardown" in used
        local = sides["v2"]
        assert isinstance(local, LocalBackend)
        shadow = local.shadow()
        assert (await Visitor({"shadow": shadow}).ask("shadow", "GET", "/plain")).body == b"text"
    assert flask_app.audit == [("/plain", "NoneType")]


async def test_functions_that_do_what_must_not_be_done_twice_are_left_out_of_a_shadow_on_demand() -> None:
    """Case 89: a rate limit or a counter is not used up by a question that nobody asked."""
    app, counted = Flask("counts"), list[str]()

    @app.before_request
    def count_visit() -> None:
        counted.append("before")

    @app.after_request
    def count_answer(response: Any) -> Any:
        counted.append("after")
        response.headers["X-Counted"] = "yes"
        return response

    async with both(app, a_v2(hooks("count_visit", "count_answer", in_shadow=False))) as sides:
        local = sides["v2"]
        assert isinstance(local, LocalBackend)
        shadow = local.shadow()
        assert (await Visitor({"shadow": shadow}).ask("shadow", "GET", "/plain")).header(b"x-counted") is None
        assert counted == []
        assert (await Visitor(sides).ask("v2", "GET", "/plain")).header(b"x-counted") == b"yes"
        assert counted == ["before", "after"]


def a_nested_flask(said: list[str]) -> Flask:
    """Hooks at the application, a blueprint and a blueprint inside of it; each says its name."""
    app, outer, inner = Flask("nested"), Blueprint("outer", __name__), Blueprint("inner", __name__)
    app.secret_key = "a key"
    for owner, name in ((app, "app"), (outer, "outer"), (inner, "inner")):

        def before(name: str = name) -> None:
            said.append(f"before {name}")

        def after(response: Any, name: str = name) -> Any:
            said.append(f"after {name}")
            return response

        owner.before_request(before)
        owner.after_request(after)
    inner.add_url_rule("/plain", view_func=lambda: "text")
    outer.register_blueprint(inner)
    app.register_blueprint(outer)
    return app


async def test_functions_run_in_flasks_order() -> None:
    said: list[str] = []
    async with both(a_nested_flask(said), a_v2(hooks("before", "after"))) as sides:
        for side in sides:
            await Visitor(sides).ask(side, "GET", "/plain")
    assert said[:6] == said[6:]
    assert said[0] == "before app"
    assert said[5] == "after app"


async def test_functions_may_read_the_body_and_change_the_session() -> None:
    app = Flask("reads")
    app.secret_key = "a key"

    @app.before_request
    def keep_length() -> None:
        session["length"] = len(request.get_data())
        g.seen = True

    body = a_v2(hooks("keep_length", reads_body=True))
    answer = await asked(app, body, "/echo", method="POST", body={"a": 1})
    assert (answer.body, answer.header(b"set-cookie") is not None) == (b'"{\\"a\\": 1}"', True)
    assert (await asked(app, a_v2(hooks("keep_length")), "/echo", method="POST", body={})).status == 500


async def test_what_legacy_leaves_for_after_this_request_runs() -> None:
    assert (await asked(stateful.create_app(), a_v2(), "/later")).header(b"x-later") == b"yes"


async def test_a_name_that_legacy_does_not_have_is_an_error_that_lists_those_it_has() -> None:
    v2 = a_v2(hooks("add_header"), legacy=stateful.create_app())
    with pytest.raises(Exception, match=re.escape("no such function: add_header; it has ")) as caught:
        await ask(v2, target="/plain", headers=[(b"host", b"h")])
    assert "tests.support.stateful.legacy.hooks.add_headers" in str(caught.value)
