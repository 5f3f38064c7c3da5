"""Asking a bridge: in process, or through a real uvicorn on a free loopback port."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
import uvicorn

from gateway.asgi import Backend, Message, RawHeaders


@dataclass
class Answer:
    """What the server was told to send. `bodies` holds one entry a message."""

    status: int = 0
    headers: RawHeaders = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    complete: bool = False

    @property
    def body(self) -> bytes:
        return b"".join(self.bodies)

    def header(self, name: bytes) -> list[bytes]:
        return [value for key, value in self.headers if key == name]


@dataclass
class Client:
    """An ASGI server's end: gives the body in `chunks`, then waits for `leave()`."""

    chunks: tuple[bytes, ...] = ()
    complete: bool = True
    answer: Answer = field(default_factory=Answer)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    sent: int = 0

    async def receive(self) -> Message:
        if self.sent < len(self.chunks):
            self.sent += 1
            more = self.sent < len(self.chunks) or not self.complete
            return {"type": "http.request", "body": self.chunks[self.sent - 1], "more_body": more}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.answer.status = message["status"]
            self.answer.headers = list(message["headers"])
        else:
            self.answer.bodies.append(message["body"])
            self.answer.complete = not message.get("more_body", False)


def a_scope(target: str = "/", method: str = "GET", headers: RawHeaders | None = None, **more: object) -> Message:
    """An HTTP scope as uvicorn makes it."""
    path, _, query = target.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "root_path": "",
        "headers": [(b"host", b"example.com")] if headers is None else headers,
        "client": ("10.0.0.9", 4711),
        "server": ("127.0.0.1", 8000),
        "state": {},
        **more,
    }


Ask = Callable[..., "asyncio.Future[Answer]"]


@pytest.fixture
def ask() -> Ask:
    """`await ask(bridge, "/x?y", method=..., headers=..., body=...)`: the answer, whole."""

    async def ask(
        bridge: Backend,
        target: str = "/",
        *,
        method: str = "GET",
        headers: RawHeaders | None = None,
        body: bytes | tuple[bytes, ...] = b"",
        **more: object,
    ) -> Answer:
        chunks = body if isinstance(body, tuple) else (body,)
        client = Client(chunks)
        fields = [(b"host", b"example.com")] if headers is None else list(headers)
        if isinstance(body, tuple):
            fields.append((b"transfer-encoding", b"chunked"))
        elif body:
            fields.append((b"content-length", str(len(body)).encode()))
        async with asyncio.timeout(10):
            await bridge(a_scope(target, method, fields, **more), client.receive, client.send)
        return client.answer

    return ask


@pytest.fixture
def a_client() -> type[Client]:
    return Client


@pytest.fixture
def scope() -> Callable[..., Message]:
    return a_scope


@pytest.fixture
def serving() -> Callable[[Backend], contextlib.AbstractContextManager[int]]:
    """`with serving(app) as port`: a real uvicorn in a thread."""

    @contextlib.contextmanager
    def serving(app: Backend) -> Iterator[int]:
        config = uvicorn.Config(
            app, port=0, log_level="critical", lifespan="on", ws="websockets-sansio", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        until(lambda: server.started or not thread.is_alive())
        try:
            yield server.servers[0].sockets[0].getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(15)
            assert not thread.is_alive()

    return serving


def until(condition: Callable[[], object], seconds: float = 30.0) -> float:
    """Wait for `condition`; the seconds it took."""
    started = time.monotonic()
    while not condition():
        if time.monotonic() - started > seconds:
            raise TimeoutError(f"not within {seconds} s")
        time.sleep(0.002)
    return time.monotonic() - started


@pytest.fixture(name="until")
def until_fixture() -> Callable[..., float]:
    return until


@pytest.fixture
def exchange() -> Callable[..., bytes]:
    """`exchange(port, request)`: everything the server sends until it closes the connection."""

    def exchange(port: int, request: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(request)
            received = bytearray()
            while chunk := connection.recv(65536):
                received += chunk
        return bytes(received)

    return exchange
