"""A remote server by HTTP: what goes over the wire, and what is said when it breaks."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from contextlib import asynccontextmanager

import pytest
import uvicorn
from fastapi import FastAPI, HTTPException, WebSocket

from gateway.backends.forwarding import end_to_end, request_headers, target
from gateway.backends.lifecycle import Phase
from gateway.backends.upstream import UpstreamBackend, UpstreamLimits
from gateway.errors import BackendProtocolError, BackendTimeout, BackendUnavailable, ClientDisconnected

pytestmark = pytest.mark.anyio


class Wire:
    """A server of raw bytes: remembers what it was sent, answers what it is told."""

    def __init__(self, *answers: bytes, keep_open: bool = True):
        self.answers = list(answers)
        self.keep_open = keep_open
        self.requests: list[bytes] = []
        self.connections = 0
        self.closed = asyncio.Event()

    @asynccontextmanager
    async def listen(self, **options):
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        backend = UpstreamBackend(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", **options)
        await backend.start()
        try:
            yield backend
        finally:
            await backend.stop(0.1)
            server.close()

    async def _serve(self, reader, writer):
        self.connections += 1
        try:
            while self.answers:
                self.requests.append(await reader.readuntil(b"\r\n\r\n"))
                answer = self.answers.pop(0)
                if answer:
                    writer.write(answer)
                    await writer.drain()
                if not self.keep_open:
                    break
            else:
                while await reader.read(65536):
                    pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            self.closed.set()


def http(*lines: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join([*lines, b"content-length: %d" % len(body), b"", body])


OK = http(b"HTTP/1.1 200 OK", body=b"ok")


async def test_the_request_goes_out_as_it_came(request_to):
    """Case 22: the target is not decoded and encoded again; order, repeats and the Host stay."""
    wire = Wire(OK)
    headers = [(b"cookie", b"a=1"), (b"x-z", b"1"), (b"cookie", b"b=2"), (b"x-raw", b"caf\xe9"), (b"user-agent", b"")]
    async with wire.listen() as backend:
        exchange = request_to("/", "GET", headers, query_string=b"a=%ff&b=1+2&&c='")
        exchange.scope["raw_path"] = b"/%61/%7e//%C3%A9;p=1/'x'"
        await exchange.ask(backend)
    head = wire.requests[0].split(b"\r\n")
    assert head[0] == b"GET /%61/%7e//%C3%A9;p=1/'x'?a=%ff&b=1+2&&c=' HTTP/1.1"
    assert head[1:-2] == [
        b"host: www.example.org",
        b"cookie: a=1",
        b"x-z: 1",
        b"cookie: b=2",
        b"x-raw: caf\xe9",
        b"user-agent: ",
        b"x-forwarded-for: 203.0.113.9",
        b"x-forwarded-proto: http",
        b"x-forwarded-host: www.example.org",
    ]


async def test_the_answer_comes_back_as_it_was(request_to):
    """Case 70; a redirect is the client's to follow, and a compressed body the client's to open."""
    answer = http(
        b"HTTP/1.1 302 Found",
        b"Location: http://elsewhere.example/",
        b"Set-Cookie: a=1; Path=/",
        b"X-B: 1",
        b"Set-Cookie: b=2",
        b"Content-Encoding: gzip",
        body=b"\x1f\x8bnot really",
    )
    async with Wire(answer).listen() as backend:
        exchange = await request_to().ask(backend)
    assert exchange.status == 302
    assert exchange.sent[0]["headers"] == [
        (b"location", b"http://elsewhere.example/"),
        (b"set-cookie", b"a=1; Path=/"),
        (b"x-b", b"1"),
        (b"set-cookie", b"b=2"),
        (b"content-encoding", b"gzip"),
        (b"content-length", b"12"),
    ]
    assert exchange.body == b"\x1f\x8bnot really"


async def test_cookies_of_one_client_are_not_sent_for_the_next(request_to):
    wire = Wire(http(b"HTTP/1.1 200 OK", b"set-cookie: session=alice"), OK)
    async with wire.listen() as backend:
        await request_to().ask(backend)
        await request_to().ask(backend)
    assert b"alice" not in wire.requests[1]


async def test_a_connection_is_used_again(request_to):
    wire = Wire(*[OK] * 5)
    async with wire.listen() as backend:
        for _ in range(5):
            assert (await request_to().ask(backend)).body == b"ok"
    assert wire.connections == 1


async def test_a_connection_is_used_again_when_the_client_leaves_with_its_answer(request_to):
    """Servers tell of the end of an answer as of a client that left, and shadows are told nothing else."""
    wire = Wire(OK, OK, OK)
    async with wire.listen() as backend:
        for _ in range(3):
            exchange = request_to()

            async def send(message, exchange=exchange):
                await exchange.send(message)
                if message["type"] == "http.response.body" and not message["more_body"]:
                    exchange.leave.set()
                    await asyncio.sleep(0.01)

            await backend(exchange.scope, exchange.receive, send)
            assert exchange.body == b"ok"
    assert (len(wire.requests), wire.connections) == (3, 1)


async def test_nothing_of_the_environment_is_a_proxy(request_to, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with Wire(OK).listen() as backend:
        assert (await request_to().ask(backend)).body == b"ok"


async def test_nobody_there_is_unavailable_and_shows_in_the_state(request_to):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    backend = UpstreamBackend(f"http://127.0.0.1:{port}", name="legacy")
    assert backend.state.phase is Phase.DOWN
    await backend.start()
    assert backend.state.phase is Phase.UP
    with pytest.raises(BackendUnavailable, match=r"legacy at http://127\.0\.0\.1"):
        await request_to().ask(backend)
    assert backend.state.phase is Phase.DOWN
    assert str(port) in backend.state.reason
    server = await asyncio.start_server(Wire(OK)._serve, "127.0.0.1", port)
    assert (await request_to().ask(backend)).body == b"ok"
    assert backend.state.phase is Phase.UP
    await backend.stop(0)
    server.close()
    with pytest.raises(BackendUnavailable):
        await request_to().ask(backend)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n",
    ],
)
async def test_what_is_not_http_is_a_protocol_error_and_never_a_second_try(request_to, answer):
    wire = Wire(answer, OK, keep_open=False)
    async with wire.listen() as backend:
        with pytest.raises(BackendProtocolError):
            await request_to().ask(backend)
    assert len(wire.requests) == 1


async def test_a_silent_server_is_a_timeout_where_one_is_set(request_to):
    async with Wire(b"").listen(limits=UpstreamLimits(read=0.1)) as backend:
        with pytest.raises(BackendTimeout):
            await request_to().ask(backend)


async def test_an_answer_that_breaks_off_is_not_completed(request_to):
    """Case 73."""
    async with Wire(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf", keep_open=False).listen() as backend:
        exchange = request_to()
        with pytest.raises(BackendProtocolError, match="broke off"):
            await exchange.ask(backend)
    assert exchange.status == 200
    assert exchange.sent[-1]["more_body"] is True


@pytest.mark.parametrize(
    ("method", "head", "connections"),
    [
        ("HEAD", b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n", 2),
        ("GET", b"HTTP/1.1 304 Not Modified\r\ncontent-length: 1000\r\n\r\n", 1),
        ("GET", b"HTTP/1.1 204 No Content\r\n\r\n", 1),
        ("GET", b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", 1),
    ],
)
async def test_an_answer_without_a_body_ends_with_its_head(request_to, method, head, connections):
    wire = Wire(head, OK)
    async with wire.listen() as backend:
        exchange = await request_to("/", method).ask(backend)
        assert (exchange.body, exchange.sent[-1]["more_body"]) == (b"", False)
        assert not any(name == b"link" for name, _ in exchange.sent[0]["headers"])
        assert (await request_to().ask(backend)).body == b"ok"
    assert wire.connections == connections


async def test_an_answer_without_framing_ends_with_its_connection(request_to):
    async with Wire(b"HTTP/1.1 200 OK\r\n\r\nall of it", keep_open=False).listen() as backend:
        exchange = await request_to().ask(backend)
    assert (exchange.body, exchange.sent[-1]["more_body"]) == (b"all of it", False)


async def test_bytes_that_nobody_asked_for_close_the_connection(request_to):
    """A second answer behind the first must never be given to the next client."""
    wire = Wire(OK + http(b"HTTP/1.1 200 OK", body=b"smuggled"), OK)
    async with wire.listen() as backend:
        assert (await request_to().ask(backend)).body == b"ok"
        assert (await request_to().ask(backend)).body == b"ok"
    assert wire.connections == 2


async def test_bytes_that_come_later_close_the_connection_too(request_to):
    late = asyncio.Event()
    connections = []

    async def serve(reader, writer):
        connections.append(writer)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        await late.wait()
        writer.write(http(b"HTTP/1.1 200 OK", body=b"smuggled"))
        await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    backend = UpstreamBackend(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    await backend.start()
    assert (await request_to().ask(backend)).body == b"ok"
    late.set()
    await asyncio.sleep(0.05)
    assert (await request_to().ask(backend)).body == b"ok"
    assert len(connections) == 2
    await backend.stop(0)
    server.close()


async def test_an_upload_may_be_refused_before_its_end(request_to):
    wire = Wire(http(b"HTTP/1.1 413 Content Too Large", b"connection: close", body=b"no"))
    async with wire.listen() as backend:
        messages = [{"type": "http.request", "body": b"x", "more_body": True}]
        exchange = await request_to("/", "POST", [(b"content-length", b"1000")], messages=messages).ask(backend)
    assert (exchange.status, exchange.body) == (413, b"no")


async def test_every_connection_in_use_is_unavailable(request_to):
    async with Wire(b"").listen(limits=UpstreamLimits(connect=0.1, connections=1)) as backend:
        task = asyncio.create_task(request_to().ask(backend))
        await asyncio.sleep(0.05)
        with pytest.raises(BackendUnavailable, match="every connection is in use"):
            await request_to().ask(backend)
        task.cancel()


async def test_a_connection_that_the_server_closed_is_not_used_again(request_to):
    wire = Wire(OK, OK, keep_open=False)
    async with wire.listen() as backend:
        for _ in range(2):
            assert (await request_to().ask(backend)).body == b"ok"
            await wire.closed.wait()
            await asyncio.sleep(0.02)
    assert wire.connections == 2


async def test_a_client_that_leaves_in_its_upload_is_not_sent_as_complete(request_to):
    """Case 69."""
    wire = Wire(b"", OK)
    async with wire.listen() as backend:
        messages = [{"type": "http.request", "body": b"half", "more_body": True}]
        exchange = request_to("/", "POST", [(b"content-length", b"8")], messages=messages)
        exchange.leave.set()
        with pytest.raises(ClientDisconnected):
            await exchange.ask(backend)
        async with asyncio.timeout(2):
            await wire.closed.wait()
    assert exchange.sent == []


async def test_a_client_that_leaves_while_it_waits_ends_the_connection(request_to):
    wire = Wire(b"", b"")
    async with wire.listen() as backend:
        exchange = request_to()
        task = asyncio.create_task(exchange.ask(backend))
        await asyncio.sleep(0.1)
        exchange.leave.set()
        with pytest.raises(ClientDisconnected):
            await task
        async with asyncio.timeout(2):
            await wire.closed.wait()


def test_only_an_http_url_will_do():
    for url in ("127.0.0.1:5000", "ftp://x", "http://", "/path"):
        with pytest.raises(ValueError, match="is not the URL of an HTTP server"):
            UpstreamBackend(url)


# ---------------------------------------------------------------------------------------------- headers


def test_hop_by_hop_headers_stay_behind_also_those_that_connection_names():
    """Cases 62 and 63, bridge row 17."""
    headers = [
        (b"Connection", b"close, X-Hop"),
        (b"x-hop", b"1"),
        (b"Keep-Alive", b"timeout=5"),
        (b"TE", b"trailers"),
        (b"Upgrade", b"h2c"),
        (b"Proxy-Authorization", b"x"),
        (b"transfer-encoding", b"chunked"),
        (b"x-kept", b"1"),
    ]
    assert end_to_end(headers) == [(b"x-kept", b"1")]


def forwarded(scope) -> dict[bytes, bytes]:
    return {name: value for name, value in request_headers(scope, b"up:1") if name.startswith(b"x-forwarded")}


def test_the_client_is_told_to_the_remote_application(request_to):
    sent = [(b"x-forwarded-for", b"198.51.100.1"), (b"x-forwarded-host", b"evil"), (b"x-forwarded-proto", b"https")]
    assert forwarded(request_to("/", "GET", sent).scope) == {
        b"x-forwarded-for": b"198.51.100.1, 203.0.113.9",
        b"x-forwarded-proto": b"http",
        b"x-forwarded-host": b"www.example.org",
    }


def test_a_client_that_the_trusted_proxy_named_is_not_named_twice(request_to):
    sent = [(b"x-forwarded-for", b"198.51.100.1"), (b"x-forwarded-for", b"203.0.113.9")]
    assert forwarded(request_to("/", "GET", sent).scope)[b"x-forwarded-for"] == b"198.51.100.1, 203.0.113.9"


def test_connection_cannot_remove_what_the_gateway_sets(request_to):
    """Case 62."""
    assert b"x-forwarded-for" in forwarded(request_to("/", "GET", [(b"connection", b"x-forwarded-for")]).scope)


def test_a_body_of_unknown_length_is_announced_and_expect_is_not(request_to):
    sent = [(b"transfer-encoding", b"chunked"), (b"expect", b"100-continue")]
    headers = request_headers(request_to("/", "POST", sent).scope, b"up:1")
    assert (b"transfer-encoding", b"chunked") in headers
    assert not any(name == b"expect" for name, _ in headers)


def test_a_request_without_a_host_gets_the_remotes(request_to):
    scope = request_to().scope
    scope["headers"] = []
    assert request_headers(scope, b"up:1")[0] == (b"host", b"up:1")


def test_the_target_is_below_the_path_of_the_url(request_to):
    scope = request_to("/a", query_string=b"b=c").scope
    assert target(scope, b"/app") == b"/app/a?b=c"


# ---------------------------------------------------------------------------------------------- WebSockets


@asynccontextmanager
async def real_server(app):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", ws="websockets-sansio"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        backend = UpstreamBackend(f"http://127.0.0.1:{listener.getsockname()[1]}")
        await backend.start()
        try:
            yield backend
        finally:
            await backend.stop(0.5)
            server.should_exit = True
            await asyncio.to_thread(thread.join)


def websocket(request_to, path, *messages, extension=True):
    more = {"extensions": {"websocket.http.response": {}}} if extension else {}
    return request_to(
        path,
        "GET",
        [
            (b"cookie", b"session=1"),
            (b"origin", b"http://www.example.org"),
            (b"connection", b"Upgrade"),
            (b"upgrade", b"websocket"),
            (b"sec-websocket-key", b"dGhlIHNhbXBsZSBub25jZQ=="),
            (b"sec-websocket-version", b"13"),
        ],
        messages=[{"type": "websocket.connect"}, *messages],
        type="websocket",
        scheme="ws",
        subprotocols=["chat", "json"],
        query_string=b"room=%61&&x",
        **more,
    )


@pytest.fixture
def talk():
    app = FastAPI()

    @app.websocket("/talk;v=1/%7ex")
    @app.websocket("/talk;v=1/~x")
    async def talk(socket: WebSocket):
        await socket.accept(subprotocol="json", headers=[(b"x-answer", b"1"), (b"set-cookie", b"a=1")])
        scope = socket.scope
        interesting = {"host", "cookie", "origin", "x-forwarded-for", "x-forwarded-proto"}
        await socket.send_json(
            {
                "path": scope["raw_path"].decode(),
                "query": scope["query_string"].decode(),
                "subprotocols": scope["subprotocols"],
                "headers": [(n, v) for n, v in socket.headers.items() if n in interesting],
            }
        )
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                app.state.code = message["code"]
                app.state.left.set()
                return
            if message.get("text") == "bye":
                await socket.close(4002, "gone")
                return
            await socket.send_bytes(message["bytes"] * 2)

    @app.websocket("/refused")
    async def refused(socket: WebSocket):
        raise HTTPException(401, "who are you?", {"www-authenticate": "Bearer"})

    app.state.left = threading.Event()
    return app


async def test_a_websocket_is_passed_through_with_its_handshake(talk, request_to):
    """Bridge row 16: a route of legacy that speaks WebSocket is served by a remote server."""
    async with real_server(talk) as backend:
        exchange = websocket(
            request_to,
            "/talk;v=1/%7ex",
            {"type": "websocket.receive", "bytes": b"\x00" * 70000},
            {"type": "websocket.receive", "text": "bye"},
        )
        await exchange.ask(backend)
    accept, first, second, close = exchange.sent
    assert accept["type"] == "websocket.accept"
    assert accept["subprotocol"] == "json"
    assert (b"x-answer", b"1") in accept["headers"]
    assert (b"set-cookie", b"a=1") in accept["headers"]
    assert '"path":"/talk;v=1/%7ex","query":"room=%61&&x","subprotocols":["chat","json"]' in first["text"]
    assert '["host","www.example.org"]' in first["text"]
    assert '["cookie","session=1"]' in first["text"]
    assert '["x-forwarded-for","203.0.113.9"],["x-forwarded-proto","http"]' in first["text"]
    assert second["bytes"] == b"\x00" * 140000
    assert close == {"type": "websocket.close", "code": 4002, "reason": "gone"}


async def test_a_websocket_client_that_leaves_is_told_to_the_server(talk, request_to):
    async with real_server(talk) as backend:
        exchange = websocket(request_to, "/talk;v=1/%7ex")
        exchange.leave.set()
        await exchange.ask(backend)
        assert await asyncio.to_thread(talk.state.left.wait, 5)
        assert talk.state.code == 1001


async def test_a_refused_websocket_is_refused_as_the_server_did(talk, request_to):
    async with real_server(talk) as backend:
        exchange = await websocket(request_to, "/refused").ask(backend)
        assert exchange.sent[0]["type"] == "websocket.http.response.start"
        assert exchange.sent[0]["status"] in {401, 403}
        exchange = await websocket(request_to, "/refused", extension=False).ask(backend)
        assert exchange.sent == [{"type": "websocket.close"}]


async def test_a_redirected_websocket_is_the_clients_to_follow(request_to):
    wire = Wire(http(b"HTTP/1.1 302 Found", b"location: ws://127.0.0.1:9/"))
    async with wire.listen() as backend:
        exchange = await websocket(request_to, "/moved").ask(backend)
    assert (exchange.sent[0]["status"], wire.connections) == (302, 1)


async def test_no_websocket_server_is_unavailable(request_to):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    backend = UpstreamBackend(f"http://127.0.0.1:{port}")
    await backend.start()
    with pytest.raises(BackendUnavailable):
        await websocket(request_to, "/").ask(backend)
    await backend.stop(0)


async def test_a_handshake_that_is_not_http_is_a_protocol_error(request_to):
    async with Wire(b"garbage\r\n\r\n", keep_open=False).listen() as backend:
        with pytest.raises(BackendProtocolError):
            await websocket(request_to, "/").ask(backend)


async def test_cancelling_a_websocket_ends_both_ways(talk, request_to):
    async with real_server(talk) as backend:
        exchange = websocket(request_to, "/talk;v=1/%7ex")
        task = asyncio.create_task(exchange.ask(backend))
        await exchange.next()
        start = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.monotonic() - start < 10
        assert await asyncio.to_thread(talk.state.left.wait, 5)
