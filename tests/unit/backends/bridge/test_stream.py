"""Answers that take their time: rows 3-5 and 16, cases 76, 105 and 106, through real sockets."""

from __future__ import annotations

import asyncio
import resource
import socket
import threading
import time

import pytest
from flask import Flask

from gateway.backends.bridge import Bridge, BridgeLimits
from gateway.backends.reply import AHEAD
from gateway.errors import ClientDisconnected

pytestmark = pytest.mark.anyio

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


class Endless:
    """Chunks for ever, one every `pause` seconds; counts what it yielded and that it was closed."""

    def __init__(self, chunk=b"x", pause=0.0):
        self.chunk = chunk
        self.pause = threading.Event()
        self.seconds = pause
        self.yielded = 0
        self.closed = 0

    def __iter__(self):
        while True:
            self.yielded += 1
            yield self.chunk
            if self.seconds:
                self.pause.wait(self.seconds)

    def close(self):
        self.closed += 1


def streaming(bodies, **chunk):
    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/event-stream")])
        if environ["PATH_INFO"] == "/plain":
            return [b"plain"]
        bodies.append(Endless(**chunk))
        return bodies[-1]

    return app


async def test_threads_of_clients_that_left_come_back(serving, until, exchange):
    """Bridge row 3, case 105: ten departures with ten threads, and legacy still answers."""
    bodies = []
    bridge = Bridge(streaming(bodies, chunk=b"data: 1\n\n", pause=0.05), limits=BridgeLimits(threads=10))
    with serving(bridge) as port:
        clients = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(10)]
        for client in clients:
            client.sendall(GET)
        for client in clients:
            assert client.recv(9)
        assert bridge.stats().busy == 10
        for client in clients:
            client.close()
        assert until(lambda: bridge.stats().busy == 0) < 10
        assert [body.closed for body in bodies] == [1] * 10
        assert exchange(port, b"GET /plain HTTP/1.0\r\n\r\n").endswith(b"plain\r\n0\r\n\r\n")


async def test_threads_of_clients_that_do_not_read_come_back(serving, until):
    """Bridge row 5, case 106: at the write timeout, and never far ahead of the client."""
    bodies = []
    bridge = Bridge(streaming(bodies, chunk=b"x" * 65536), limits=BridgeLimits(threads=4, write_timeout=0.5))
    with serving(bridge) as port:
        clients = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(4)]
        for client in clients:
            client.sendall(GET)
        until(lambda: len(bodies) == 4)
        before = time.monotonic()
        until(lambda: bridge.stats().busy == 0)
        assert time.monotonic() - before < 10
        assert [body.closed for body in bodies] == [1] * 4
        # The sockets' and the server's own buffers took the rest.
        assert max(body.yielded for body in bodies) * 65536 < 16 * 2**20
        for client in clients:
            client.close()


async def test_thread_is_a_bounded_number_of_bytes_ahead(a_client, scope):
    """Bridge row 5: small chunks are bounded in number too."""
    for chunk in (b"x" * 10_000, b"x"):
        bodies = []
        bridge, client = Bridge(streaming(bodies, chunk=chunk)), a_client()
        blocked = asyncio.Event()

        async def send(message, blocked=blocked):
            if message["type"] == "http.response.body":
                blocked.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(bridge(scope(), client.receive, send))
        await blocked.wait()
        await asyncio.sleep(0.1)
        assert 1 < bodies[0].yielded < 2 * AHEAD / (len(chunk) + 1024) + 3
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await bridge.shutdown(1)
        assert bodies[0].closed == 1


async def test_first_event_is_sent_when_it_is_yielded(a_client, scope):
    """Case 76: the first byte does not wait for the second."""
    yielded_at = []
    release = threading.Event()

    def app(environ, start_response):
        start_response("200 OK", [])
        yielded_at.append(time.monotonic())
        yield b"first"
        release.wait(5)
        yield b"second"

    delays = []
    bridge = Bridge(app)
    for _ in range(5):
        client, arrived = a_client(), asyncio.Event()

        async def send(message, client=client, arrived=arrived):
            await client.send(message)
            if message.get("body"):
                arrived.set()

        task = asyncio.create_task(bridge(scope(), client.receive, send))
        await arrived.wait()
        delays.append(time.monotonic() - yielded_at.pop())
        assert client.answer.body == b"first"
        release.set()
        await task
        release.clear()
        assert client.answer.body == b"firstsecond"
        assert client.answer.complete
    # The machine may be busy once; not five times in a row.
    assert min(delays) < 0.005


async def test_large_download_needs_little_memory(serving):
    """Case 76: 200 MB through a bridge that holds 256 KiB of them."""
    size = 200

    def app(environ, start_response):
        start_response("200 OK", [("Content-Length", str(size * 2**20))])
        return (b"x" * 2**20 for _ in range(size))

    with serving(Bridge(app)) as port, socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        client.sendall(GET)
        received = 0
        buffer = bytearray(2**20)
        while received < size * 2**20:
            received += client.recv_into(buffer)
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024


async def test_send_that_raises_frees_the_thread(a_client, scope, until):
    """Bridge row 4."""
    bodies = []
    bridge = Bridge(streaming(bodies), limits=BridgeLimits(threads=2))

    async def send(message):
        raise OSError("the server has lost the client")

    for _ in range(4):
        with pytest.raises(OSError, match="lost"):
            await bridge(scope(), a_client().receive, send)
    await asyncio.to_thread(until, lambda: bridge.stats().busy == 0)
    assert [body.closed for body in bodies] == [1] * 4


async def test_timeout_around_a_streaming_answer_frees_the_thread(a_client, scope, until):
    """Bridge row 4: more timeouts than threads."""
    bodies = []
    bridge = Bridge(streaming(bodies, chunk=b"x" * 1000), limits=BridgeLimits(threads=2))
    for _ in range(4):
        client = a_client()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(bridge(scope(), client.receive, client.send), 0.05)
    await asyncio.to_thread(until, lambda: bridge.stats().busy == 0)
    assert [body.closed for body in bodies] == [1] * 4


async def test_wrong_lengths_on_the_wire_never_wedge_a_thread(serving, until, exchange):
    """Bridge row 4: ten of them, with two threads."""

    def app(environ, start_response):
        start_response("200 OK", [("Content-Length", "5")])
        return (b"x" for _ in range(3))

    bridge = Bridge(app, limits=BridgeLimits(threads=2))
    with serving(bridge) as port:
        for _ in range(10):
            assert b"\r\n\r\nxxxxx" not in exchange(port, GET)
        until(lambda: bridge.stats().busy == 0)


async def test_client_that_does_not_read_is_a_disconnect(a_client, scope):
    bridge, client = Bridge(streaming([]), limits=BridgeLimits(write_timeout=0.1)), a_client()

    async def send(message):
        await asyncio.Event().wait()

    with pytest.raises(ClientDisconnected, match="did not read"):
        await bridge(scope(), client.receive, send)


async def test_client_that_leaves_its_stream_is_no_error(a_client, scope):
    bodies = []
    bridge, client = Bridge(streaming(bodies, pause=0.01)), a_client()
    task = asyncio.create_task(bridge(scope(), client.receive, client.send))
    while not client.answer.body:  # noqa: ASYNC110 - the bridge sets no event of ours
        await asyncio.sleep(0.001)
    client.gone.set()
    await asyncio.wait_for(task, 1)
    assert not client.answer.complete


async def test_iterable_that_fails_half_way_closes_the_connection(serving, exchange):
    """Case 74: without the terminating chunk."""

    def app(environ, start_response):
        start_response("200 OK", [])
        yield b"first"
        raise ValueError("half way")

    with serving(Bridge(app)) as port:
        answer = exchange(port, GET)
    assert b" 200 " not in answer or (b"first" in answer and not answer.endswith(b"0\r\n\r\n"))


def plain():
    app = Flask("plain")
    app.add_url_rule("/plain", "plain", lambda: "plain")
    return app


HANDSHAKE = (
    b"GET %s HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


@pytest.mark.parametrize(("path", "status"), [(b"/plain", b"400"), (b"/none", b"404")])
async def test_plain_route_answers_a_handshake_as_it_does(serving, exchange, path, status):
    """Bridge row 16, case 54: Flask itself refuses a handshake on a plain route; stock a2wsgi says 403."""
    with serving(Bridge(plain())) as port:
        answer = exchange(port, HANDSHAKE % path)
    assert answer.startswith(b"HTTP/1.1 " + status)


async def test_handshake_reaches_legacy_with_its_headers(serving, exchange):
    """Bridge row 16."""

    def app(environ, start_response):
        start_response("418 Teapot", [("Content-Type", "text/plain")])
        return (environ[key].encode() for key in ("HTTP_UPGRADE", "REQUEST_METHOD", "wsgi.url_scheme"))

    with serving(Bridge(app)) as port:
        answer = exchange(port, HANDSHAKE % b"/")
    assert answer.startswith(b"HTTP/1.1 418")
    assert answer.endswith(b"websocketGEThttp")


async def test_server_without_the_extension_closes_the_handshake(scope):
    sent = []

    async def send(message):
        sent.append(message["type"])

    websocket = {**scope("/plain"), "type": "websocket", "scheme": "ws", "subprotocols": []}
    await Bridge(plain())(websocket, None, send)
    assert sent == ["websocket.close"]
