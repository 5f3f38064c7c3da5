"""One connection to a remote HTTP/1.1 server: bytes in, a head and a body out. Parsed by llhttp, strictly."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final, cast

import httptools
import httpx

from gateway.asgi import RawHeaders
from gateway.backends.answer import MAX_HEAD

HIGH_WATER: Final = 64 * 1024
"""Bytes of a body that may wait for their reader before the server is no longer read."""

_FIRST_FINAL: Final = 200
_BODILESS: Final = frozenset({204, 304})


class HttpConnection(asyncio.Protocol):
    """Answers are awaited one at a time: `begin`, `head`, then `chunk` until it is None."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: RawHeaders = []
        self.complete = True
        self.closed = False
        self.idle_since = 0.0
        self._reusable = True
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._head_bytes = 0
        self._has_head = False
        self._is_head_request = False
        self._until_close = False
        self._chunks: deque[bytes] = deque()
        self._waiting = 0
        self._error: httpx.TransportError | None = None
        self._news: asyncio.Future[None] | None = None
        self._writable = asyncio.Event()
        self._writable.set()

    @property
    def reusable(self) -> bool:
        """Whether another request may follow: everything was read, and both ends keep the connection."""
        return self.complete and self._reusable and not self.closed

    def begin(self, *, is_head_request: bool) -> None:
        """A request follows."""
        self._is_head_request = is_head_request
        self.status = 0
        self.headers = []
        self.complete = self._has_head = self._until_close = False
        self._head_bytes = 0

    def write(self, data: bytes) -> None:
        """Send; `drained` says when to go on."""
        if self._transport is not None and not self.closed:
            self._transport.write(data)

    async def drained(self) -> None:
        """Wait until the server has taken most of what was written."""
        if not self._writable.is_set():
            await self._writable.wait()
        if self.closed:
            raise httpx.WriteError("the server closed the connection")

    async def head(self) -> None:
        """Wait for the final status and its headers."""
        while not self._has_head:
            await self._next()

    async def chunk(self) -> bytes | None:
        """The next part of the body; None at its end."""
        while not self._chunks:
            if self.complete:
                return None
            await self._next()
        data = self._chunks.popleft()
        self._waiting -= len(data)
        if self._transport is not None and self._waiting < HIGH_WATER:
            self._transport.resume_reading()
        return data

    def abort(self) -> None:
        """Close at once; whatever is under way is over."""
        self._reusable = False
        if self._transport is not None:
            self._transport.abort()

    async def _next(self) -> None:
        if self._error is not None:
            raise self._error
        self._news = asyncio.get_running_loop().create_future()
        await self._news

    def _tell(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    def _fail(self, error: httpx.TransportError) -> None:
        if self._error is None and not self.complete:
            self._error = error
        self.abort()
        self._tell()

    # ------------------------------------------------------------------------------------------- asyncio's calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asyncio: the connection is there. A cast, since uvloop's transports are no subclasses of asyncio's."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Asyncio: bytes of an answer."""
        if self.complete:
            # Bytes that no request asked for: what follows could be taken for the next client's answer.
            self.abort()
            return
        if not self._has_head:
            self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._fail(httpx.RemoteProtocolError("it switched protocols unasked"))
        except httptools.HttpParserError as error:
            self._fail(httpx.RemoteProtocolError(str(error)))
        else:
            if not self._has_head and self._head_bytes > MAX_HEAD:
                self._fail(httpx.RemoteProtocolError(f"more than {MAX_HEAD} bytes of headers"))
        self._tell()

    def eof_received(self) -> bool:
        """Asyncio: the server sends no more; the connection is closed, not half open."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Asyncio: the end, which is also the end of an answer without framing."""
        self.closed = True
        self._writable.set()
        if self._until_close and exc is None and self._error is None:
            self.complete = True
        elif not self.complete:
            what = "in the middle of its answer" if self._has_head else "without an answer"
            self._error = self._error or httpx.RemoteProtocolError(f"it closed the connection {what}")
        self._tell()

    def pause_writing(self) -> None:
        """Asyncio: the server takes less than is sent."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Asyncio: it has taken most of it."""
        self._writable.set()

    # ------------------------------------------------------------------------------------------- the parser's calls

    def on_header(self, name: bytes, value: bytes) -> None:
        """One field line; an answer's trailers come here too, and are dropped."""
        if not self._has_head:
            self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """The head is there; an informational one is passed over."""
        status = self._parser.get_status_code()
        if status < _FIRST_FINAL:
            self.headers = []
            return
        self.status = status
        self._has_head = True
        self._reusable = self._reusable and self._parser.should_keep_alive()
        if self._is_head_request:
            # The parser waits for a body that is announced and does not come; so this connection ends here.
            self._reusable = False
            self.complete = True
            return
        names = {name for name, _ in self.headers}
        framed = b"content-length" in names or b"transfer-encoding" in names
        self._until_close = not framed and status not in _BODILESS

    def on_body(self, data: bytes) -> None:
        """A part of the body."""
        if self.complete:
            return
        self._chunks.append(data)
        self._waiting += len(data)
        if self._waiting >= HIGH_WATER and self._transport is not None:
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        """The end of the answer, unless it was an informational one."""
        if self._has_head:
            if self.complete and not self._is_head_request:
                self.abort()
            self.complete = True
