"""One application, written twice, and every way to host it: what a door may rely on, whoever answers."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import pytest
import uvicorn

from gateway.asgi import Backend, Message, Scope
from gateway.backends.bridge import Bridge
from gateway.backends.local import LocalBackend
from gateway.backends.upstream import UpstreamBackend

MARK: ContextVar[str] = ContextVar("mark", default="clean")
LARGE = bytes(range(256)) * 4096 * 5  # 5 MiB
ORDERED = [(b"x-b", b"1"), (b"set-cookie", b"a=1"), (b"x-a", b"2"), (b"set-cookie", b"b=2"), (b"content-length", b"2")]


@dataclass
class Probe:
    """What the application says to the test, and the test to the application, across threads."""

    go_on: threading.Event = field(default_factory=threading.Event)
    asked: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    produced: int = 0


async def wait(event: threading.Event, seconds: float = 5.0) -> bool:
    return await asyncio.to_thread(event.wait, seconds)


def asgi_app(probe: Probe):
    async def read(receive) -> bytes:
        body = b""
        while True:
            message = await receive()
            if message["type"] != "http.request":
                raise RuntimeError("the client is gone")
            body += message.get("body", b"")
            if not message.get("more_body", False):
                return body

    async def app(scope, receive, send):  # noqa: PLR0912 - one case a behaviour
        if scope["type"] != "http":
            return

        async def answer(body: bytes, status: int = 200, headers=None):
            headers = headers or [(b"content-length", b"%d" % len(body))]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body})

        async def chunk(body: bytes):
            await send({"type": "http.response.body", "body": body, "more_body": True})

        match scope["path"]:
            case "/headers":
                await answer(b"ok", 201, ORDERED)
            case "/empty":
                await answer(b"")
            case "/no-content":
                await answer(b"", 204, [(b"x-a", b"1")])
            case "/hello":
                await answer(b"hello")
            case "/echo":
                await answer(await read(receive))
            case "/target":
                await answer(scope["raw_path"] + b"?" + scope["query_string"])
            case "/large":
                await send({"type": "http.response.start", "status": 200, "headers": []})
                for start in range(0, len(LARGE), 65536):
                    await chunk(LARGE[start : start + 65536])
                await send({"type": "http.response.body"})
            case "/stream":
                await send({"type": "http.response.start", "status": 200, "headers": []})
                await chunk(b"one")
                await wait(probe.go_on)
                await chunk(b"two")
                await send({"type": "http.response.body"})
            case "/crash":
                raise LookupError("before the answer")
            case "/crash-later":
                await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})
                await chunk(b"one")
                await wait(probe.go_on)
                raise LookupError("in the middle")
            case "/endless":
                try:
                    await send({"type": "http.response.start", "status": 200, "headers": []})
                    gone = asyncio.ensure_future(receive_disconnect(receive))
                    while not gone.done():
                        probe.produced += 65536
                        probe.asked.set()
                        await chunk(b"x" * 65536)
                        await asyncio.sleep(0)
                    gone.cancel()
                finally:
                    probe.ended.set()
            case "/hang":
                probe.asked.set()
                try:
                    gone = asyncio.ensure_future(receive_disconnect(receive))
                    await gone
                finally:
                    probe.ended.set()
            case "/id":
                number = dict(scope["headers"])[b"x-number"]
                body = await read(receive)
                await asyncio.sleep(int(number) % 7 / 1000)
                await answer(number + b":" + body)
            case "/context":
                seen = MARK.get()
                MARK.set("dirty")
                await answer(seen.encode())

    async def receive_disconnect(receive):
        while (await receive())["type"] != "http.disconnect":
            pass

    return app


def wsgi_app(probe: Probe):
    def app(environ, start_response) -> Iterable[bytes]:  # noqa: PLR0911, PLR0912 - one case a behaviour
        def answer(body: bytes, status: str = "200 OK", headers=None) -> list[bytes]:
            start_response(status, headers or [("content-length", str(len(body)))])
            return [body]

        def streamed(chunks: Iterator[bytes], headers=()) -> Iterator[bytes]:
            start_response("200 OK", list(headers))
            return chunks

        def one_two() -> Iterator[bytes]:
            yield b"one"
            probe.go_on.wait(5)
            yield b"two"

        def one_crash() -> Iterator[bytes]:
            yield b"one"
            probe.go_on.wait(5)
            raise LookupError("in the middle")

        def endless() -> Iterator[bytes]:
            try:
                while True:
                    probe.produced += 65536
                    probe.asked.set()
                    yield b"x" * 65536
            finally:
                probe.ended.set()

        match environ["PATH_INFO"]:
            case "/headers":
                headers = [(name.decode(), value.decode()) for name, value in ORDERED]
                return answer(b"ok", "201 Created", headers)
            case "/empty":
                return answer(b"")
            case "/no-content":
                return answer(b"", "204 No Content", [("x-a", "1")])
            case "/hello":
                return answer(b"hello")
            case "/echo":
                return answer(environ["wsgi.input"].read())
            case "/target":
                return answer(environ["RAW_URI"].encode())
            case "/large":
                return streamed(LARGE[start : start + 65536] for start in range(0, len(LARGE), 65536))
            case "/stream":
                return streamed(one_two())
            case "/crash":
                raise LookupError("before the answer")
            case "/crash-later":
                return streamed(one_crash(), [("content-length", "100")])
            case "/endless":
                return streamed(endless())
            case "/hang":
                probe.asked.set()
                probe.go_on.wait(5)
                probe.ended.set()
                return answer(b"late")
            case "/id":
                body = environ["wsgi.input"].read()
                time.sleep(int(environ["HTTP_X_NUMBER"]) % 7 / 1000)
                return answer(environ["HTTP_X_NUMBER"].encode() + b":" + body)
            case "/context":
                seen = MARK.get()
                MARK.set("dirty")
                return answer(seen.encode())
        return answer(b"", "404 Not Found")

    return app


@asynccontextmanager
async def serving(app) -> AsyncIterator[str]:
    """A real uvicorn on a free port, in a thread; the URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await asyncio.to_thread(thread.join)


@dataclass(frozen=True)
class Hosted:
    kind: str
    backend: Backend
    probe: Probe


@pytest.fixture
def anyio_backend():
    """The loop of production: its transports and handles are not asyncio's own."""
    return ("asyncio", {"use_uvloop": True})


KINDS = ["thread", "inline", "upstream", "bridge"]


@pytest.fixture
def serve():
    """`serving`, for tests that bring their own application."""
    return serving


@pytest.fixture(params=KINDS)
async def hosted(request) -> AsyncIterator[Hosted]:
    probe = Probe()
    kind: str = request.param
    if kind == "bridge":
        bridge = Bridge(wsgi_app(probe))
        yield Hosted(kind, bridge, probe)
        probe.go_on.set()
        await bridge.shutdown(1.0)
    elif kind == "upstream":
        async with serving(asgi_app(probe)) as url:
            upstream = UpstreamBackend(url)
            await upstream.start()
            yield Hosted(kind, upstream, probe)
            probe.go_on.set()
            await upstream.stop(1.0)
    else:
        local = LocalBackend(asgi_app(probe), isolation="thread" if kind == "thread" else "inline")
        await local.start()
        await local.settled()
        yield Hosted(kind, local, probe)
        probe.go_on.set()
        await local.stop(1.0)


@dataclass
class Call:
    """A client: what it sends, what it was sent."""

    path: str
    method: str = "GET"
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    chunks: list[bytes] = field(default_factory=list)
    on_message: Callable[[Message], object] = lambda _message: None
    leave: asyncio.Event = field(default_factory=asyncio.Event)
    sent: list[Message] = field(default_factory=list)
    raw_path: bytes | None = None
    query: bytes = b""

    def scope(self) -> Scope:
        headers = [(b"host", b"www.example.org"), *self.headers]
        if self.chunks:
            headers.append((b"content-length", b"%d" % sum(map(len, self.chunks))))
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": self.path,
            "raw_path": self.raw_path or self.path.encode(),
            "query_string": self.query,
            "root_path": "",
            "headers": headers,
            "client": ("203.0.113.9", 40000),
            "server": ("127.0.0.1", 8000),
            "state": {},
        }

    async def receive(self) -> Message:
        if self.chunks:
            chunk = self.chunks.pop(0)
            return {"type": "http.request", "body": chunk, "more_body": bool(self.chunks)}
        if not hasattr(self, "_body_done"):
            self._body_done = True
            if self.method in {"GET", "HEAD"}:
                return {"type": "http.request", "body": b"", "more_body": False}
        await self.leave.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.sent.append(message)
        await asyncio.sleep(0)
        result = self.on_message(message)
        if asyncio.iscoroutine(result):
            await result

    async def ask(self, backend: Backend) -> Call:
        async with asyncio.timeout(20):
            await backend(self.scope(), self.receive, self.send)
        return self

    @property
    def status(self) -> int:
        return self.sent[0]["status"]

    @property
    def answered(self) -> list[tuple[bytes, bytes]]:
        """The answer's headers without those of the remote's own server."""
        return [(n.lower(), v) for n, v in self.sent[0]["headers"] if n.lower() not in {b"date", b"server"}]

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent[1:])

    @property
    def complete(self) -> bool:
        return len(self.sent) > 1 and not self.sent[-1].get("more_body", False)


@pytest.fixture
def client():
    """How a test asks: `client("/path", ...)`."""
    return Call
