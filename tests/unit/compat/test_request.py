"""The request as legacy would see it: one a request, the same one for everybody, let go at the end."""

from __future__ import annotations

import asyncio
import threading
from functools import cache
from typing import Annotated, Any

import pytest
from fastapi import BackgroundTasks, Depends, FastAPI, Request, WebSocket
from fastapi.responses import HTMLResponse
from flask import Flask, current_app, request
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.compat.context import LegacyContext, legacy_context
from gateway.compat.legacy import bind
from gateway.compat.login import LoggedIn
from gateway.compat.request import Legacy, legacy_request
from gateway.compat.session import ReadableSession, WritableSession
from gateway.compat.wire.install import install
from gateway.errors import CompatMisused, RequestRefused
from tests.support.asgi import a_scope, ask
from tests.support.stateful import legacy as stateful
from tests.support.stateful import v2 as stateful_v2
from tests.support.stateful.visitor import both

pytestmark = pytest.mark.anyio

HOST = (b"host", b"staff.test")


def an_app(legacy: Flask | None, said: list[str]) -> FastAPI:
    app = FastAPI()
    if legacy is not None:
        bind(app, legacy)

    @app.get("/same")
    async def same(one: Legacy, two: Annotated[Any, Depends(legacy_request)]) -> bool:
        return one is two

    @app.get("/seen/{number}")
    async def seen(legacy: Legacy, number: int) -> Any:
        return await legacy.run(
            lambda: [request.endpoint, request.view_args, request.remote_addr, request.url, request.cookies["b"]]
        )

    @app.get("/together")
    async def together(legacy: Legacy) -> Any:
        return await asyncio.gather(*(legacy.run(lambda: request.path) for _ in range(10)))

    @app.get("/tasks")
    async def tasks(legacy: Legacy, background: BackgroundTasks) -> None:
        background.add_task(lambda: said.append("background task"))

    return app


def a_legacy(said: list[str]) -> Flask:
    app = Flask("requests")
    app.add_url_rule("/seen/<int:number>", "seen", lambda number: "")
    app.teardown_appcontext(lambda error: said.append("let go"))
    return app


async def get(target: str, *headers: tuple[bytes, bytes]) -> tuple[Any, list[str]]:
    said: list[str] = []
    return await ask(an_app(a_legacy(said), said), target=target, headers=[HOST, *headers]), said


async def test_everybody_gets_the_same_one() -> None:
    answer, said = await get("/same")
    assert (answer.body, said) == (b"true", ["let go"])


async def test_legacy_sees_what_it_would_have_seen() -> None:
    answer, _ = await get("/seen/7?x=1", (b"cookie", b"a=1"), (b"cookie", b"b=2"))
    assert answer.body == b'["seen",{"number":7},"192.0.2.7","http://staff.test/seen/7?x=1","2"]'


async def test_legacys_code_runs_one_after_the_other_within_a_request() -> None:
    assert (await get("/together"))[0].body == b'["' + b'","'.join([b"/together"] * 10) + b'"]'


async def test_what_legacy_holds_is_let_go_after_the_background_tasks() -> None:
    assert (await get("/tasks"))[1] == ["background task", "let go"]


async def test_a_request_that_wsgi_has_no_words_for_is_refused() -> None:
    assert (await get("/same", (b"host", b"another.test")))[0].status == 400


@pytest.mark.parametrize("path", ["/same", "/nowhere"])
async def test_a_host_that_legacy_does_not_trust_is_refused_in_its_words(path: str) -> None:
    """TRUSTED_HOSTS guards links in mails: a route that moves must not lose it, nor a page that legacy writes."""
    legacy = Flask("trusting")
    legacy.config["TRUSTED_HOSTS"] = ["staff.test"]
    legacy.register_error_handler(400, lambda error: (f"{error.description}\n", 400))
    legacy.add_url_rule("/same", view_func=lambda: "same")
    v2 = FastAPI()
    install(v2, "errors.pages")
    bind(v2)

    @v2.get("/same", dependencies=[Depends(legacy_request)])
    async def same() -> HTMLResponse:
        return HTMLResponse("same")

    async with both(legacy, v2) as sides:
        for host in (b"staff.test", b"evil.test"):
            on_legacy, on_v2 = [await ask(sides[side], target=path, headers=[(b"host", host)]) for side in sides]
            assert (on_v2.status, on_v2.body) == (on_legacy.status, on_legacy.body)
            assert (on_v2.status == 400) is (host == b"evil.test")


async def test_an_application_that_was_not_bound_is_told_so() -> None:
    with pytest.raises(CompatMisused, match=r"call bind\(app\)"):
        await ask(an_app(None, []), target="/same", headers=[HOST])


@pytest.mark.parametrize("outside", [True, False])
async def test_a_middleware_that_answers_from_another_task_makes_no_difference(outside: bool) -> None:
    """Starlette's BaseHTTPMiddleware runs what is below it in a task of its own."""
    legacy = Flask("tasks")
    legacy.secret_key = "a key"
    app = FastAPI()
    if outside:
        bind(app, legacy)

    @app.middleware("http")
    async def passes(request: Request, call_next: Any) -> Any:
        return await call_next(request)

    if not outside:
        bind(app, legacy)

    @app.get("/")
    async def root(session: WritableSession, legacy: Annotated[LegacyContext, Depends(legacy_context())]) -> str:
        session["a"] = 1
        return current_app.name

    for _ in range(3):
        answer = await ask(app, headers=[HOST])
        assert (answer.body, answer.header(b"vary")) == (b'"tasks"', b"Cookie")
        assert answer.header(b"set-cookie") is not None


@pytest.mark.parametrize("waits", ["/waits", "/waits-on-a-thread"])
async def test_what_legacy_holds_is_let_go_when_a_request_is_cancelled(waits: str) -> None:
    said: list[str] = []
    app, begun, thread_may_end = an_app(a_legacy(said), said), asyncio.Event(), threading.Event()

    @app.get("/waits")
    async def wait(legacy: Legacy) -> None:
        begun.set()
        await asyncio.Event().wait()

    @app.get("/waits-on-a-thread")
    async def wait_on_a_thread(legacy: Legacy) -> None:
        loop = asyncio.get_running_loop()

        def on_the_thread() -> None:
            loop.call_soon_threadsafe(begun.set)
            thread_may_end.wait(10)
            said.append("thread")

        await legacy.run(on_the_thread)

    task = asyncio.create_task(ask(app, target=waits, headers=[HOST]))
    await begun.wait()
    task.cancel()
    await asyncio.sleep(0)
    thread_may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert said == (["let go"] if waits == "/waits" else ["thread", "let go"])


# WebSockets


def a_socket_app() -> FastAPI:
    app = FastAPI()
    bind(app, stateful.create_app())

    @app.websocket("/who")
    async def who(socket: WebSocket, user: LoggedIn, session: ReadableSession) -> None:
        await socket.accept()
        await socket.send_json([user.name, sorted(session)])

    @app.websocket("/plain")
    async def plain(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(await socket.receive_text())

    return app


async def connect(path: str, *headers: tuple[bytes, bytes]) -> list[dict[str, Any]]:
    """What a WebSocket is sent; it sends one text."""
    sent: list[dict[str, Any]] = []
    waiting = [{"type": "websocket.connect"}, {"type": "websocket.receive", "text": "echo"}]

    async def receive() -> dict[str, Any]:
        return waiting.pop(0) if waiting else {"type": "websocket.disconnect", "code": 1000}

    async def send(message: Any) -> None:
        sent.append(dict(message))

    scope = {**a_scope(target=path, headers=[HOST, *headers]), "type": "websocket", "scheme": "ws", "subprotocols": []}
    del scope["method"]
    await a_socket_app()(scope, receive, send)
    return sent


async def test_a_websocket_knows_who_it_is() -> None:
    accepted, answer = (await connect("/who", (b"x-key", b"ada's password")))[:2]
    assert (accepted["type"], answer["text"]) == ("websocket.accept", '["Ada",[]]')


async def test_a_websocket_whom_legacy_refuses_is_closed_before_it_is_accepted() -> None:
    assert [(message["type"], message["code"]) for message in await connect("/who")] == [("websocket.close", 1008)]


async def test_a_websocket_that_asks_nothing_of_legacy_passes() -> None:
    assert [message.get("text") for message in await connect("/plain")][:2] == [None, "echo"]


# What clients may send


LINES = st.lists(
    st.tuples(
        st.sampled_from(
            [b"cookie", b"host", b"content-type", b"x-csrftoken", b"authorization", b"x-forwarded-for", b"referer"]
        ),
        st.one_of(
            st.binary(max_size=40).filter(lambda value: not set(value) & set(b"\r\n\x00")),
            st.sampled_from(
                [b"staff=a.b.c", b"staff=\xff", b"remember_token=1|x", b'a="', b"Bearer a.b.c", b"staff.test:99999"]
            ),
        ),
    ),
    max_size=6,
)


@cache
def applications() -> tuple[Flask, FastAPI]:
    return stateful.create_app(), stateful_v2.create_app()


@settings(max_examples=40)
@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE"]),
    path=st.sampled_from(["/", "/cart", "/account", "/notes", "/login", "/auth/whoami", "/cart/%FF", "/note/%00%0a"]),
    query=st.sampled_from(["", "?next=%FF", "?jwt=a.b.c", "?jwt=%00", "?next=//evil.test"]),
    headers=LINES,
    body=st.binary(max_size=60),
)
def test_whatever_a_client_sends_v2_fails_only_where_legacy_fails(
    method: str, path: str, query: str, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    """No 500 of v2's own: what compat cannot read it refuses as a client's mistake, or reads as legacy does."""
    if not any(name == b"host" for name, _ in headers):
        headers = [HOST, *headers]

    async def ask_both() -> None:
        async with both(*applications()) as sides:
            options: dict[str, Any] = {"body": [body]} if body else {}
            answer = await ask(sides["v2"], method, path + query, headers, **options)
            if answer.status >= 500:
                try:
                    expected = (await ask(sides["legacy"], method, path + query, headers, **options)).status
                except RequestRefused as refused:
                    expected = refused.status
                assert expected >= 500, (answer.status, expected)

    asyncio.run(ask_both())
