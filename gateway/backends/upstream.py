"""A server in another process, asked over HTTP: for a legacy application that cannot live in this process, or for v2.

A bare transport of httpx is used, not its client: no cookie jar, no redirects, no proxies from the environment, no
decoding, and never a second try. Which transport, and why: docs/decisions/0008-remote-backends.md.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, cast

import httpx

from gateway.asgi import Receive, Scope, Send
from gateway.backends.answer import checked_headers
from gateway.backends.forwarding import end_to_end, request_headers, target
from gateway.backends.http_transport import HttpTransport
from gateway.backends.lane import has_no_body
from gateway.backends.lifecycle import Phase, State
from gateway.backends.upstream_websocket import proxy_websocket
from gateway.errors import BackendProtocolError, BackendTimeout, BackendUnavailable, ClientDisconnected

_BODILESS = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class UpstreamLimits:
    """Durations in seconds.

    `connect`: name, TCP and TLS together, and the wait for one of `connections`. `read`, `write`: the longest silence
    in the middle of an answer or of an upload; None for no limit, since a stream of events may be silent for long and
    a route has its own timeout. `keep_alive`: how long an idle connection is kept; it must be below the server's own,
    or a request meets a connection that is being closed (gunicorn: 2 s, uvicorn: 5 s).
    """

    connect: float = 5.0
    read: float | None = None
    write: float | None = 60.0
    connections: int = 200
    keep_alive: float = 1.0


class UpstreamBackend:
    """Asks the server at `url` (`http://host:port`, with a path if everything is below it).

    Raises, before an answer began: BackendUnavailable (no connection: nothing was asked), BackendTimeout (`read`),
    BackendProtocolError (the connection broke, or what came was not HTTP), ClientDisconnected. After that the same
    errors mean that the answer is incomplete.
    """

    def __init__(
        self,
        url: str,
        *,
        name: str = "upstream",
        limits: UpstreamLimits | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        log: logging.Logger | None = None,
    ) -> None:
        self._url = httpx.URL(url)
        if self._url.scheme not in {"http", "https"} or not self._url.host:
            raise ValueError(f"{url!r} is not the URL of an HTTP server, such as http://127.0.0.1:5000")
        self._name = name
        self._limits = limits or UpstreamLimits()
        self._log = log or logging.getLogger("gateway.backends.upstream")
        self._transport = transport or HttpTransport(
            connections=self._limits.connections, keep_alive=self._limits.keep_alive
        )
        self._prefix = self._url.raw_path.rstrip(b"/")
        self._timeouts = {
            "connect": self._limits.connect,
            "pool": self._limits.connect,
            "read": self._limits.read,
            "write": self._limits.write,
        }
        self._started = False
        self._unreachable = ""
        self._calls: set[asyncio.Task[Any]] = set()

    @property
    def state(self) -> State:
        """DOWN while the last request found nobody there; the next request tries again all the same."""
        if not self._started:
            return State(Phase.DOWN, "it was not started")
        return State(Phase.DOWN, self._unreachable) if self._unreachable else State(Phase.UP)

    async def start(self) -> None:
        """Nothing is asked yet: a remote server may start later than the gateway."""
        self._started = True

    async def stop(self, grace: float) -> None:
        """Refuse new calls, wait `grace` seconds for those in flight, close every connection."""
        self._started = False
        if self._calls:
            _, late = await asyncio.wait(self._calls, timeout=grace)
            for call in late:
                call.cancel()
        await self._transport.aclose()

    async def __call__(self, scope: Scope, receive: Receive, send: Send, /) -> None:
        """Ask the server."""
        if not self._started:
            self.state.require_up(self._name)
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        self._calls.add(task)
        try:
            if scope["type"] == "websocket":
                await proxy_websocket(self._url, self._limits.connect, scope, receive, send)
            else:
                await self._http(scope, receive, send)
        except BackendUnavailable as error:
            self._unreachable = str(error)
            raise
        else:
            self._unreachable = ""
        finally:
            self._calls.discard(task)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        upload = _Upload(scope, receive)
        exchange = asyncio.ensure_future(self._exchange(scope, upload, send))
        leaving = asyncio.ensure_future(upload.client_left())
        try:
            await asyncio.wait({exchange, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not exchange.done():
                leaving.result()
                if not upload.answered:
                    # The server is told by the end of its connection, as it would be without a gateway.
                    raise ClientDisconnected("the client left before its answer was complete")
            await exchange
        finally:
            for task in (exchange, leaving):
                task.cancel()
            await asyncio.gather(exchange, leaving, return_exceptions=True)

    async def _exchange(self, scope: Scope, upload: _Upload, send: Send) -> None:
        response = await self._ask(scope, upload)
        try:
            headers = [(name.lower(), value) for name, value in checked_headers(end_to_end(response.headers.raw))]
            if response.status_code in _BODILESS:
                # It must not be there in a 204, and of a 304 servers want as many bytes as it says.
                headers = [(name, value) for name, value in headers if name != b"content-length"]
            await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
            stream = cast("httpx.AsyncByteStream", response.stream)
            async for chunk in self._unbroken(stream):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            upload.answered = True
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            await response.aclose()

    async def _ask(self, scope: Scope, upload: _Upload) -> httpx.Response:
        request = httpx.Request(
            scope["method"],
            self._url,
            headers=request_headers(scope, self._url.netloc),
            stream=upload,
            extensions={"timeout": self._timeouts, "target": target(scope, self._prefix)},
        )
        try:
            return await self._transport.handle_async_request(request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise BackendUnavailable(f"{self._name} at {self._url}: {_words(error)}", retry_after=1) from error
        except httpx.ReadTimeout as error:
            raise BackendTimeout(f"{self._name} was silent for {self._limits.read} s") from error
        except httpx.TransportError as error:
            raise BackendProtocolError(f"{self._name} gave no answer: {_words(error)}") from error

    async def _unbroken(self, stream: httpx.AsyncByteStream) -> AsyncIterator[bytes]:
        try:
            async for chunk in stream:
                yield chunk
        except httpx.ReadTimeout as error:
            raise BackendTimeout(f"{self._name} was silent for {self._limits.read} s") from error
        except httpx.TransportError as error:
            raise BackendProtocolError(f"{self._name} broke off its answer: {_words(error)}") from error


class _Upload(httpx.AsyncByteStream):
    """The request's body as the client sends it, and then the question whether the client is still there.

    `answered`: the whole answer has been read. Who leaves now leaves nothing behind, and the connection is kept.
    """

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.answered = False
        self._receive = receive
        self._sent = asyncio.Event()
        self._empty = has_no_body(scope)
        if self._empty:
            self._sent.set()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The chunks; `ClientDisconnected` when the client leaves in the middle, so that the server sees no end."""
        while not self._sent.is_set():
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnected("the client left before its request was complete")
            if message.get("body"):
                yield message["body"]
            if not message.get("more_body", False):
                self._sent.set()

    async def client_left(self) -> None:
        """Return when the client has left after its request was complete."""
        await self._sent.wait()
        while (await self._receive())["type"] != "http.disconnect":
            pass


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
