"""An application in process: its life, its requests, its streams, its WebSockets."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import logging
import threading
import time
from contextlib import asynccontextmanager

import pytest
from fastapi import BackgroundTasks, FastAPI, Request, WebSocket
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse

from gateway.asgi import IS_SHADOW
from gateway.backends.lifecycle import DownBackend, Phase, exponential
from gateway.backends.local import LocalBackend
from gateway.errors import BackendProtocolError, BackendUnavailable

pytestmark = pytest.mark.anyio

BOTH = pytest.mark.parametrize("isolation", ["thread", "inline"])
OK = [
    {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]},
    {"type": "http.response.body", "body": b"ok"},
]


async def send_ok(send):
    for message in OK:
        await send(message)


def http_only(handler):
    """An ASGI application without a lifespan, from a handler for its requests."""

    async def app(scope, receive, send):
        if scope["type"] != "lifespan":
            await handler(scope, receive, send)

    return app


async def eventually(condition, seconds=30.0):
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - gauges and lists have no event
            await asyncio.sleep(0.005)


# ------------------------------------------------------------------------------------------------- life


@BOTH
async def test_the_lifespan_runs_once_and_its_state_reaches_each_request_as_a_copy(local, request_to, isolation):
    """Trap 1, case 190."""
    events = []

    @asynccontextmanager
    async def lifespan(_app):
        events.append("startup")
        yield {"pool": ["shared"], "n": 0}
        events.append("shutdown")

    app = FastAPI(lifespan=lifespan)

    @app.get("/")
    async def root(request: Request):
        request.state.n += 1
        return {"n": request.state.n, "pool": request.state.pool}

    async with local(app, isolation=isolation) as backend:
        assert backend.state.phase is Phase.UP
        for _ in range(3):
            assert (await request_to().ask(backend)).body == b'{"n":1,"pool":["shared"]}'
        assert events == ["startup"]
    assert events == ["startup", "shutdown"]
    assert backend.state.phase is Phase.DOWN


@BOTH
@pytest.mark.parametrize("how", ["returns", "raises"])
async def test_an_application_without_lifespan_is_fine(local, request_to, isolation, how):
    async def app(scope, receive, send):
        if scope["type"] != "http":
            if how == "raises":
                raise AssertionError(scope["type"])
            return
        await send_ok(send)

    async with local(app, isolation=isolation) as backend:
        assert (await request_to().ask(backend)).body == b"ok"


@BOTH
async def test_an_application_that_asked_for_its_startup_and_raised_has_failed(local, isolation):
    """It speaks lifespan, so this is no "not supported"; a bare ASGI application says no more than that."""

    async def app(scope, receive, send):
        await receive()
        raise ConnectionError("no database")

    async with local(app, isolation=isolation, sleep=Waits()) as backend:
        assert backend.state.phase is Phase.DOWN
        assert "ConnectionError: no database" in backend.state.reason


class Waits:
    """An injected sleep: remembers what it was asked for, and lets the test say when it is over."""

    def __init__(self):
        self.asked = []
        self.over = asyncio.Semaphore(0)

    async def __call__(self, seconds):
        self.asked.append(seconds)
        await self.over.acquire()


@BOTH
@pytest.mark.parametrize("fault", ["raises", "hangs", "exits"])
async def test_a_failed_start_is_down_with_a_reason_and_is_tried_again(local, request_to, isolation, fault):
    """Case 188: legacy is not held up, v2's calls are refused before v2 is asked, and v2 comes up by itself."""
    attempts = []

    @asynccontextmanager
    async def lifespan(_app):
        attempts.append(fault)
        if len(attempts) < 3:
            if fault == "raises":
                raise RuntimeError("no database")
            if fault == "exits":
                raise SystemExit(3)
            await asyncio.sleep(60)
        yield

    waits = Waits()
    app = FastAPI(lifespan=lifespan)
    async with local(app, isolation=isolation, startup_timeout=0.2, sleep=waits) as backend:
        assert backend.state.phase is Phase.DOWN
        assert {"raises": "no database", "hangs": "more than 0.2 s", "exits": "SystemExit"}[
            fault
        ] in backend.state.reason
        exchange = request_to()
        with pytest.raises(BackendUnavailable, match="v2 is down"):
            await exchange.ask(backend)
        assert exchange.sent == []
        for _ in range(2):
            waits.over.release()
        await eventually(lambda: backend.state.phase is Phase.UP)
        assert waits.asked == [1.0, 2.0]
        assert (await request_to("/missing").ask(backend)).status == 404


async def test_a_start_that_blocks_its_thread_does_not_hold_up_the_caller(request_to):
    """Case 188: start returns at once, the limit holds although v2's loop is blocked, and so does the stop."""
    free = threading.Event()

    async def app(scope, receive, send):
        free.wait(60)

    backend = LocalBackend(app, startup_timeout=0.1, shutdown_timeout=0.1)
    start = time.monotonic()
    await backend.start()
    assert backend.state.phase is Phase.STARTING
    with pytest.raises(BackendUnavailable, match="v2 is starting"):
        await request_to().ask(backend)
    assert (await backend.settled()).phase is Phase.DOWN
    assert time.monotonic() - start < 10
    await backend.stop(0.1)
    assert time.monotonic() - start < 20
    free.set()


@BOTH
async def test_an_error_in_the_shutdown_is_logged_and_not_raised(local, request_to, isolation, caplog):
    """Case 190."""

    @asynccontextmanager
    async def lifespan(_app):
        yield
        raise RuntimeError("the pool would not close")

    async with local(FastAPI(lifespan=lifespan), isolation=isolation):
        pass
    assert "the pool would not close" in caplog.text


async def test_a_shutdown_that_hangs_ends_at_its_limit(local, caplog):
    @asynccontextmanager
    async def lifespan(_app):
        yield
        await asyncio.sleep(60)

    start = time.monotonic()
    async with local(FastAPI(lifespan=lifespan), shutdown_timeout=0.1):
        pass
    assert time.monotonic() - start < 20
    assert "did not shut down within 0.1 s" in caplog.text


async def test_the_shutdown_waits_for_calls_and_their_background_tasks(request_to):
    """Case 190: shutdown runs after the drain."""
    events = []

    @asynccontextmanager
    async def lifespan(_app):
        yield
        events.append("shutdown")

    app = FastAPI(lifespan=lifespan)

    async def later():
        await asyncio.sleep(0.2)
        events.append("background")

    @app.get("/")
    async def root(tasks: BackgroundTasks):
        tasks.add_task(later)
        return {}

    backend = LocalBackend(app)
    await backend.start()
    await backend.settled()
    await request_to().ask(backend)
    assert events == []
    await backend.stop(2.0)
    assert events == ["background", "shutdown"]


async def test_calls_that_outlive_the_grace_are_cancelled(request_to):
    cancelled = threading.Event()

    async def handler(scope, receive, send):
        try:
            await asyncio.sleep(60)
        finally:
            cancelled.set()

    backend = LocalBackend(http_only(handler))
    await backend.start()
    await backend.settled()
    call = asyncio.create_task(request_to().ask(backend, limit=10))
    await asyncio.sleep(0.05)
    await backend.stop(0.05)
    assert cancelled.is_set()
    with pytest.raises(Exception, match="CancelledError"):
        await call


async def test_the_thread_ends_with_the_backend(local):
    async with local(http_only(send_ok), name="v2-under-test"):
        assert any(thread.name == "v2-under-test" for thread in threading.enumerate())
    assert not any(thread.name == "v2-under-test" for thread in threading.enumerate())


async def test_a_side_that_could_not_be_imported_is_down_with_its_reason(request_to):
    backend = DownBackend("v2", "newapp.main could not be imported: no module named 'sqlmodel'")
    await backend.start()
    with pytest.raises(BackendUnavailable, match="sqlmodel"):
        await request_to().ask(backend)
    await backend.stop(0)


def test_the_delays_double_up_to_their_ceiling():
    delays = exponential(first=1.0, ceiling=10.0)
    assert [next(delays) for _ in range(6)] == [1.0, 2.0, 4.0, 8.0, 10.0, 10.0]
    for _ in range(2000):
        assert next(delays) == 10.0


# ------------------------------------------------------------------------------------------------- requests


@BOTH
async def test_a_response_that_was_complete_before_the_exception_is_an_answer_with_a_note(
    local, request_to, isolation, caplog
):
    """Trap 5: Starlette sends its 500 and then raises."""
    app = FastAPI()

    @app.get("/")
    async def root():
        raise LookupError("a bug of v2")

    with caplog.at_level(logging.WARNING, logger="gateway.backends.local"):
        async with local(app, isolation=isolation) as backend:
            exchange = await request_to().ask(backend)
            assert (exchange.status, exchange.body) == (500, b"Internal Server Error")
    assert "after its answer was complete" in caplog.text
    assert "a bug of v2" in caplog.text


@BOTH
async def test_v2_runs_in_an_empty_context_but_for_the_variables_it_is_given(local, request_to, isolation):
    """Trap 7, case 95."""
    user = contextvars.ContextVar("user", default="nobody")

    async def handler(scope, receive, send):
        seen = f"{user.get()} {IS_SHADOW.get()}".encode()
        user.set("v2")
        IS_SHADOW.set(None)
        await asyncio.sleep(0)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": seen})

    user.set("front")
    async with local(http_only(handler), isolation=isolation) as backend:
        marked = backend.shadow()
        for _ in range(2):
            assert (await request_to().ask(backend)).body == b"nobody False"
            assert (await request_to().ask(marked)).body == b"nobody True"
    assert user.get() == "front"
    assert IS_SHADOW.get() is False


@BOTH
@pytest.mark.parametrize("streamed", [False, True])
async def test_a_shadow_runs_no_background_tasks(local, request_to, isolation, streamed):
    """Trap 10, case 87."""
    ran = []
    app = FastAPI()

    async def note():
        ran.append("sent a mail")

    @app.get("/")
    async def root(tasks: BackgroundTasks):
        tasks.add_task(note)
        return StreamingResponse(iter([b"{", b"}"])) if streamed else {}

    async with local(app, isolation=isolation) as backend:
        assert (await request_to().ask(backend.shadow())).body == b"{}"
        await asyncio.sleep(0.05)
        assert ran == []
        assert (await request_to().ask(backend)).body == b"{}"
        await eventually(lambda: ran == ["sent a mail"])


async def test_a_background_task_does_not_hold_up_the_answers_end(local, request_to):
    app = FastAPI()
    answered = threading.Event()

    @app.get("/")
    async def root(tasks: BackgroundTasks):
        tasks.add_task(answered.wait, 20)
        return {}

    async with local(app) as backend:
        start = time.monotonic()
        await request_to().ask(backend)
        assert time.monotonic() - start < 10
        answered.set()


@pytest.mark.parametrize("headers", [(), ((b"content-length", b"0"),)])
async def test_a_body_known_to_be_empty_needs_nothing_of_the_client(local, request_to, headers):
    """P3: no round trip for `receive`; the client is watched only for who asks again."""

    async def handler(scope, receive, send):
        assert await receive() == {"type": "http.request", "body": b"", "more_body": False}
        if scope["path"] == "/waits":
            assert (await receive())["type"] == "http.disconnect"
        await send_ok(send)

    async with local(http_only(handler)) as backend:
        exchange = await request_to("/", "POST", headers).ask(backend)
        assert (exchange.body, exchange.received) == (b"ok", 0)
        exchange = request_to("/waits", "POST", headers)
        exchange.leave.set()
        await exchange.ask(backend)
        assert exchange.received == 1


END = {"type": "http.request", "body": b"", "more_body": False}


@BOTH
@pytest.mark.parametrize("shadow", [False, True])
@pytest.mark.parametrize("headers", [(), ((b"content-length", b"0"),)])
async def test_the_end_of_a_request_is_told_once(local, request_to, isolation, shadow, headers):
    """The server still has its own message when the channel has answered for it."""
    told = []

    async def handler(scope, receive, send):
        told.extend([await receive(), await receive(), await receive()])
        await send_ok(send)

    async with local(http_only(handler), isolation=isolation) as backend:
        exchange = request_to("/", "POST", headers, messages=[dict(END)])
        exchange.leave.set()
        await exchange.ask(backend.shadow() if shadow else backend)
    assert [told[0], *(one["type"] for one in told[1:])] == [END, "http.disconnect", "http.disconnect"]


@BOTH
@pytest.mark.parametrize("middlewares", [1, 2])
@pytest.mark.parametrize("path", ["/file", "/stream", "/events"])
async def test_a_base_http_middleware_does_not_cut_an_answer_short(  # noqa: PLR0917 - fixtures and parameters
    local, request_to, isolation, middlewares, path, tmp_path
):
    (tmp_path / "file").write_bytes(b"x" * 300_000)
    app = FastAPI()
    for _ in range(middlewares):

        @app.middleware("http")
        async def passes_on(request: Request, call_next):
            return await call_next(request)

    @app.get("/file")
    def file():
        return FileResponse(tmp_path / "file")

    @app.get("/stream")
    def stream():
        return StreamingResponse(b"x" * 1000 for _ in range(300))

    @app.get("/events")
    async def events():
        async def each():
            for _ in range(300):
                yield b"x" * 1000
                await asyncio.sleep(0)

        return StreamingResponse(each(), media_type="text/event-stream")

    async with local(app, isolation=isolation) as backend:
        for asked in (backend, backend.shadow()):
            exchange = await request_to(path, messages=[dict(END)]).ask(asked)
            assert exchange.body == b"x" * 300_000


@BOTH
@pytest.mark.parametrize("ending", ["returns", "raises"])
async def test_a_shadow_lasts_until_the_application_has_returned(local, request_to, isolation, ending, caplog):
    ended = threading.Event()

    async def handler(scope, receive, send):
        await send_ok(send)
        await asyncio.sleep(0.05)
        ended.set()
        if ending == "raises":
            raise LookupError("after the answer")

    async with local(http_only(handler), isolation=isolation) as backend:
        exchange = request_to()
        if ending == "raises":
            with pytest.raises(LookupError):
                await exchange.ask(backend.shadow())
        else:
            await exchange.ask(backend.shadow())
        assert ended.is_set()
        assert exchange.body == b"ok"
    assert "after its answer was complete" not in caplog.text


@BOTH
@pytest.mark.parametrize("fault", ["longer", "shorter", "after the end", "twice"])
async def test_what_a_server_refuses_is_refused_in_the_applications_send(local, request_to, isolation, fault):
    """uvicorn raises RuntimeError there; a shadow has no server that would."""
    refused = []

    async def handler(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        last = {
            "longer": {"type": "http.response.body", "body": b"three"},
            "shorter": {"type": "http.response.body", "body": b"1"},
            "after the end": {"type": "http.response.body", "body": b"ok"},
            "twice": {"type": "http.response.start", "status": 200, "headers": []},
        }[fault]
        try:
            await send(last)
            await send({"type": "http.response.body", "body": b""})
        except RuntimeError as error:
            refused.append(str(error))

    async with local(http_only(handler), isolation=isolation) as backend:
        for asked in (backend, backend.shadow()):
            exchange = request_to()
            with contextlib.suppress(BackendProtocolError):
                await exchange.ask(asked)
        await eventually(lambda: len(refused) == 2)


async def test_an_ordinary_answer_crosses_once_each_way(local, request_to, monkeypatch):
    """P3: start and body come back in one message."""
    async with local(http_only(lambda _scope, _receive, send: send_ok(send))) as backend:
        loop = asyncio.get_running_loop()
        crossings = []
        original = loop.call_soon_threadsafe

        def counted(callback, *args, **options):
            crossings.append(callback)
            return original(callback, *args, **options)

        monkeypatch.setattr(loop, "call_soon_threadsafe", counted)
        for _ in range(5):
            await request_to().ask(backend)
        assert len(crossings) == 5


async def test_the_head_of_a_stream_does_not_wait_for_its_first_chunk(local, request_to):
    """P9: EventSource opens when the head arrives."""

    async def handler(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        assert (await receive())["type"] == "http.request"
        assert (await receive())["type"] == "http.disconnect"

    async with local(http_only(handler)) as backend:
        exchange = request_to()
        task = asyncio.create_task(exchange.ask(backend))
        await exchange.next()
        assert exchange.sent == [
            {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]}
        ]
        exchange.leave.set()
        await task


async def test_each_event_is_passed_on_within_five_milliseconds(local, request_to):
    """P9."""
    sent_at = []

    async def handler(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for number in range(50):
            sent_at.append(time.monotonic())
            await send({"type": "http.response.body", "body": b"%d" % number, "more_body": True})
            await asyncio.sleep(0.002)
        await send({"type": "http.response.body"})

    async with local(http_only(handler)) as backend:
        exchange = request_to()
        came_at = []

        async def send(message):
            if message.get("body"):
                came_at.append(time.monotonic())

        await backend(exchange.scope, exchange.receive, send)
    delays = sorted(came - sent for sent, came in zip(sent_at, came_at, strict=True))
    assert delays[len(delays) // 2] <= 0.005


async def test_a_reader_that_stops_stops_v2_at_the_window(local, request_to):
    produced = 0

    async def handler(scope, receive, send):
        nonlocal produced
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(200):
            await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
            produced += 65536
        await send({"type": "http.response.body"})

    async with local(http_only(handler)) as backend:
        exchange = request_to()
        reads, total = asyncio.Event(), 0

        async def send(message):
            nonlocal total
            await reads.wait()
            total += len(message.get("body", b""))

        task = asyncio.create_task(backend(exchange.scope, exchange.receive, send))
        await asyncio.sleep(0.3)
        assert produced <= 512 * 1024
        reads.set()
        async with asyncio.timeout(5):
            await task
        assert total == 200 * 65536


async def test_an_upload_is_asked_for_chunk_by_chunk(local, request_to):
    chunks = [{"type": "http.request", "body": b"x", "more_body": number < 9} for number in range(10)]
    go_on = threading.Event()

    async def handler(scope, receive, send):
        await receive()
        await asyncio.to_thread(go_on.wait, 5)
        while (await receive())["more_body"]:
            pass
        await send_ok(send)

    async with local(http_only(handler)) as backend:
        exchange = request_to("/", "POST", [(b"content-length", b"10")], messages=chunks)
        task = asyncio.create_task(exchange.ask(backend))
        await asyncio.sleep(0.1)
        assert exchange.received == 1
        go_on.set()
        assert (await task).body == b"ok"
        assert exchange.received == 10


@BOTH
async def test_what_the_servers_receive_raises_reaches_v2(local, request_to, isolation):
    class TooLarge(Exception):
        pass

    async def handler(scope, receive, send):
        await receive()

    async def receive():
        raise TooLarge

    async with local(http_only(handler), isolation=isolation) as backend:
        exchange = request_to("/", "POST", [(b"content-length", b"10")])
        with pytest.raises(TooLarge):
            await backend(exchange.scope, receive, exchange.send)


async def test_what_v2_sends_after_its_client_left_goes_nowhere(local, request_to):
    done = threading.Event()

    async def handler(scope, receive, send):
        await receive()
        assert (await receive())["type"] == "http.disconnect"
        await send_ok(send)
        done.set()

    async with local(http_only(handler)) as backend:
        exchange = request_to()
        exchange.leave.set()
        await exchange.ask(backend)
        assert exchange.sent == []
        assert done.is_set()


@BOTH
async def test_a_server_whose_send_raises_os_error_tells_v2_that_the_client_is_gone(local, request_to, isolation):
    """ASGI 2.4: `send` raises OSError once the client is gone."""
    told = threading.Event()

    async def handler(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        try:
            while True:
                await send({"type": "http.response.body", "body": b"x", "more_body": True})
                await asyncio.sleep(0)
        except OSError:
            told.set()

    async def send(message):
        if message["type"] == "http.response.body":
            raise BrokenPipeError

    async with local(http_only(handler), isolation=isolation) as backend:
        exchange = request_to()
        async with asyncio.timeout(5):
            await backend(exchange.scope, exchange.receive, send)
        assert told.is_set()


async def test_cancelling_before_v2_began_leaves_nothing_behind(local, request_to):
    block, began = threading.Event(), []

    async def handler(scope, receive, send):
        if scope["path"] == "/blocks":
            block.wait(5)
        else:
            began.append(scope["path"])
        await send_ok(send)

    async with local(http_only(handler)) as backend:
        blocking = asyncio.create_task(request_to("/blocks").ask(backend))
        await asyncio.sleep(0.05)
        late = asyncio.create_task(request_to("/late").ask(backend))
        await asyncio.sleep(0.05)
        late.cancel()
        with pytest.raises(asyncio.CancelledError):
            await late
        block.set()
        await blocking
        start = time.monotonic()
        await backend.stop(5.0)
        assert time.monotonic() - start < 4, "an abandoned call was waited for"
        assert began == []


# ------------------------------------------------------------------------------------------------- WebSockets


def websocket_scope(request_to, path, **more):
    return request_to(path, type="websocket", subprotocols=["chat", "json"], scheme="ws", **more)


@BOTH
async def test_a_websocket_talks_both_ways(local, request_to, isolation):
    app = FastAPI()

    @app.websocket("/ws")
    async def talk(socket: WebSocket):
        await socket.accept(subprotocol="json", headers=[(b"x-a", b"1")])
        await socket.send_text("hello")
        while True:
            message = await socket.receive()
            if message.get("text") == "bye":
                await socket.close(4001, "as you wish")
                return
            await socket.send_bytes(message["bytes"] * 2)

    async with local(app, isolation=isolation) as backend:
        messages = [{"type": "websocket.connect"}]
        messages += [{"type": "websocket.receive", "bytes": b"%d" % number} for number in range(100)]
        messages += [{"type": "websocket.receive", "text": "bye"}]
        exchange = websocket_scope(request_to, "/ws", messages=messages)
        await exchange.ask(backend)
    assert exchange.sent[0] == {"type": "websocket.accept", "subprotocol": "json", "headers": [(b"x-a", b"1")]}
    assert exchange.sent[1] == {"type": "websocket.send", "text": "hello"}
    assert [message["bytes"] for message in exchange.sent[2:-1]] == [b"%d" % number * 2 for number in range(100)]
    assert exchange.sent[-1] == {"type": "websocket.close", "code": 4001, "reason": "as you wish"}


@BOTH
async def test_a_websocket_client_that_leaves_is_seen_by_v2(local, request_to, isolation):
    codes = []
    app = FastAPI()

    @app.websocket("/ws")
    async def talk(socket: WebSocket):
        await socket.accept()
        message = await socket.receive()
        codes.append(message["code"])

    async with local(app, isolation=isolation) as backend:
        exchange = websocket_scope(request_to, "/ws", messages=[{"type": "websocket.connect"}])
        exchange.leave.set()
        await exchange.ask(backend)
    assert codes == [1001]


@BOTH
@pytest.mark.parametrize("extension", [True, False])
async def test_a_refused_websocket_keeps_its_answer_where_the_server_can_send_one(
    local, request_to, isolation, extension
):
    app = FastAPI()

    @app.websocket("/private")
    async def private(socket: WebSocket):
        if extension:
            await socket.send_denial_response(JSONResponse({"detail": "who are you?"}, 401))
        else:
            await socket.close()

    more = {"extensions": {"websocket.http.response": {}}} if extension else {}
    async with local(app, isolation=isolation) as backend:
        exchange = websocket_scope(request_to, "/private", messages=[{"type": "websocket.connect"}], **more)
        await exchange.ask(backend)
    if extension:
        assert exchange.sent[0]["type"] == "websocket.http.response.start"
        assert exchange.sent[0]["status"] == 401
        assert exchange.sent[1]["body"] == b'{"detail":"who are you?"}'
    else:
        assert exchange.sent == [{"type": "websocket.close", "code": 1000, "reason": ""}]
