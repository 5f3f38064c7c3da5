"""A small HTTP/1.1 transport for httpx: exact, and cheap enough to stand in front of production.

What is asked goes out byte for byte, what is answered comes back undecoded. There are no cookies, redirects, proxies,
headers of its own, or second tries. Measured against the transports that exist: docs/decisions/0008-remote-backends.md.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections import deque
from collections.abc import AsyncIterator
from typing import cast

import httpx

from gateway.backends.http_connection import HttpConnection


class HttpTransport(httpx.AsyncBaseTransport):
    """At most `connections` at a time; an idle one is kept for `keep_alive` seconds.

    Obeys the request's extensions `target` and `timeout` (connect, pool, read, write). Raises httpx's own errors.
    """

    def __init__(self, *, connections: int, keep_alive: float) -> None:
        self._keep_alive = keep_alive
        self._free = asyncio.Semaphore(connections)
        self._idle: deque[HttpConnection] = deque()
        self._tls: ssl.SSLContext | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request; return when the answer's head is there. Its body must be read or closed."""
        limits = request.extensions["timeout"]
        try:
            async with asyncio.timeout(limits["pool"]):
                await self._free.acquire()
        except TimeoutError:
            raise httpx.PoolTimeout("every connection is in use") from None
        exchange = _Exchange(self)
        try:
            exchange.connection = connection = self._take_idle() or await self._connect(request.url, limits["connect"])
            connection.begin(is_head_request=request.method == "HEAD")
            connection.write(_head(request))
            exchange.send_body(request, limits["write"])
            exchange.read_timeout = limits["read"]
            await exchange.limited(connection.head())
        except BaseException:
            await exchange.aclose()
            raise
        return httpx.Response(connection.status, headers=connection.headers, stream=exchange)

    async def aclose(self) -> None:
        """Close the idle connections; those in use end with their answers."""
        while self._idle:
            self._idle.pop().abort()

    def put_back(self, connection: HttpConnection | None) -> None:
        """The exchange is over."""
        self._free.release()
        if connection is None:
            return
        if connection.reusable:
            connection.idle_since = time.monotonic()
            self._idle.append(connection)
        else:
            connection.abort()

    def _take_idle(self) -> HttpConnection | None:
        """The connection that was used last: it is the least likely to be closed by the server just now."""
        while self._idle:
            connection = self._idle.pop()
            if connection.reusable and time.monotonic() - connection.idle_since < self._keep_alive:
                return connection
            connection.abort()
        return None

    async def _connect(self, url: httpx.URL, limit: float | None) -> HttpConnection:
        context = None
        if url.scheme == "https":
            context = self._tls = self._tls or httpx.create_ssl_context(trust_env=False)
        port = url.port or (443 if context else 80)
        try:
            async with asyncio.timeout(limit):
                _, connection = await asyncio.get_running_loop().create_connection(
                    HttpConnection, url.host, port, ssl=context
                )
        except TimeoutError:
            raise httpx.ConnectTimeout(f"no connection within {limit} s") from None
        except OSError as error:
            raise httpx.ConnectError(str(error)) from error
        return connection


class _Exchange(httpx.AsyncByteStream):
    """One request and its answer: the body to read, and what has to be let go in the end."""

    def __init__(self, transport: HttpTransport) -> None:
        self._transport: HttpTransport | None = transport
        self._upload: asyncio.Task[None] | None = None
        self.connection: HttpConnection | None = None
        self.read_timeout: float | None = None

    def send_body(self, request: httpx.Request, limit: float | None) -> None:
        """Start to send the body, beside the answer: a server may refuse an upload before its end."""
        names = {name.lower() for name, _ in request.headers.raw}
        if b"content-length" in names or b"transfer-encoding" in names:
            self._upload = asyncio.get_running_loop().create_task(
                self._send_body(request, limit, chunked=b"transfer-encoding" in names)
            )

    async def _send_body(self, request: httpx.Request, limit: float | None, *, chunked: bool) -> None:
        connection = cast("HttpConnection", self.connection)
        async for data in cast("httpx.AsyncByteStream", request.stream):
            connection.write(b"%x\r\n%b\r\n" % (len(data), data) if chunked else data)
            try:
                async with asyncio.timeout(limit):
                    await connection.drained()
            except TimeoutError:
                raise httpx.WriteTimeout(f"the server took nothing of the upload for {limit} s") from None
        if chunked:
            connection.write(b"0\r\n\r\n")

    async def limited(self, head: object) -> None:
        """Wait for the head within the limit; an upload that fails ends the wait, unless the answer is there first."""
        waiting = asyncio.ensure_future(cast("asyncio.Future[None]", head))
        try:
            pending: set[asyncio.Future[None]] = {waiting} if self._upload is None else {waiting, self._upload}
            while not waiting.done():
                done, pending = await asyncio.wait(
                    pending, timeout=self.read_timeout if pending == {waiting} else None, return_when="FIRST_COMPLETED"
                )
                if not done:
                    raise httpx.ReadTimeout(f"no answer within {self.read_timeout} s")
                self._raise_upload_error(done - {waiting})
            waiting.result()
        finally:
            waiting.cancel()

    def _raise_upload_error(self, done: set[asyncio.Future[None]]) -> None:
        for upload in done:
            error = upload.exception()
            # A server that closes while it is sent to may have answered before; the head's wait says which.
            if error is not None and not isinstance(error, httpx.WriteError):
                raise error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The body as the server framed it, undecoded."""
        connection = cast("HttpConnection", self.connection)
        while True:
            try:
                async with asyncio.timeout(self.read_timeout):
                    data = await connection.chunk()
            except TimeoutError:
                raise httpx.ReadTimeout(f"the server was silent for {self.read_timeout} s") from None
            if data is None:
                return
            yield data

    async def aclose(self) -> None:
        """Let go; a connection with something unread, or unsent, is closed."""
        transport, self._transport = self._transport, None
        if transport is None:
            return
        if self._upload is not None:
            if not self._upload.done() and self.connection is not None:
                self.connection.abort()
            self._upload.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await self._upload
        transport.put_back(self.connection)


def _head(request: httpx.Request) -> bytes:
    lines = [b"%b %b HTTP/1.1" % (request.method.encode("ascii"), request.extensions["target"])]
    lines += [b"%b: %b" % line for line in request.headers.raw]
    return b"\r\n".join([*lines, b"", b""])
