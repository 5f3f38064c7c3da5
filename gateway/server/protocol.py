"""HTTP/1.1 with the limits that a front door needs: uvicorn's httptools protocol, and what it leaves open.

llhttp in its strict mode already refuses Content-Length beside Transfer-Encoding, repeated or odd lengths, folded
lines, bare LF and CR, control characters in fields and odd chunk sizes. What is added, and whose rule it is:

    target over 16 KiB                          414   RFC 9110 15.5.15
    header section over 64 KiB or 100 fields    431   RFC 6585 5
    head not complete within `head_timeout`     408   RFC 9110 15.5.9
    a version other than 1.0 and 1.1            505   RFC 9110 15.6.6
    no Host on 1.1, two, or not a host          400   RFC 9112 3.2
    Transfer-Encoding other than `chunked`      501   RFC 9112 6.1 (llhttp finds it after the application was called)
    Transfer-Encoding on HTTP/1.0               400   RFC 9112 6.1
    a fragment in the target                    400   RFC 9112 3.2
    trailer fields                              dropped: they would join the headers after the routing decision
    `Upgrade:` to anything but `websocket`      ignored, body kept (RFC 9110 7.8); uvicorn would drop the body

A refusal closes the connection; one that follows a pipelined request waits for that request's answer.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from gateway.server.sockets import has_unread

_HOST = re.compile(rb"(?:[A-Za-z0-9._~!$&'()*+,;=%-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{0,5}))?")
_MAX_PORT = 65535
_LINGER_SECONDS = 1.0
_LINGER_BYTES = 128 * 1024
_READ_SECONDS = 0.01
"""For the loop to read what has come."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes, fields and seconds that the head of a request may take."""

    target: int = 16 * 1024
    head: int = 64 * 1024
    fields: int = 100
    head_timeout: float = 10.0


class _Refusal(Exception):
    """Raised in a parser callback; `reason` is a label of `gateway_rejected_total`."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class BoundedHttp(HttpToolsProtocol):
    """One connection. `rejected` is told the reason of each refusal."""

    def __init__(self, *args: Any, limits: Limits, rejected: Callable[[str], None], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._limits = limits
        self._rejected = rejected
        self._pending = 0  # bytes since the parser last made progress: head, trailers or chunk extensions
        self._chunk = 0
        self._in_head = True
        self._head_timer: asyncio.TimerHandle | None = None
        self._replay = False
        self._refusal: _Refusal | None = None
        self._lingered = -1  # bytes discarded since the refusal was written; -1: not refused
        self._good_host: bytes | None = None

    # The connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn types it
        """Give the client `head_timeout` for its first request."""
        super().connection_made(transport)
        self._arm_head_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of the timers."""
        self._cancel_head_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser, within the limits."""
        self._unset_keepalive_if_required()
        if self._refusal is not None:
            self._discard(len(data))
            return
        self._chunk = len(data)
        self._pending += self._chunk
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            if self._should_upgrade():
                self._cancel_head_timer()
                self.handle_websocket_upgrade()
            else:
                self._replay_as_plain(data[upgrade.args[0] :])
        except httptools.HttpParserError as error:
            self._refuse(_as_refusal(error))
        else:
            if self._pending:
                self._check_pending()

    def shutdown(self) -> None:
        """Finish what was asked, take nothing more; a request that has come and was not read yet has been asked."""
        self._cancel_head_timer()
        if not self._answering() and has_unread(self.transport):
            self.loop.call_later(_READ_SECONDS, self.shutdown)
        else:
            super().shutdown()

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection, but not in the face of a request that came in this very turn of the loop.

        A close with unread bytes resets the connection, and the client cannot know whether its request ran.
        """
        if has_unread(self.transport):
            self.timeout_keep_alive_task = self.loop.call_later(_READ_SECONDS, self.timeout_keep_alive_handler)
        else:
            super().timeout_keep_alive_handler()

    # Parser callbacks

    def on_url(self, url: bytes) -> None:
        """Bound the target; a fragment has no place in it."""
        super().on_url(url)
        if len(self.url) > self._limits.target:
            raise _Refusal(HTTPStatus.REQUEST_URI_TOO_LONG, "target_too_long")
        if b"#" in url:
            raise _Refusal(HTTPStatus.BAD_REQUEST, "fragment")

    def on_headers_complete(self) -> None:
        """Judge the head before the application hears of it."""
        self._cancel_head_timer()
        headers = self.headers
        if len(headers) > self._limits.fields:
            raise _Refusal(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "too_many_fields")
        # Only a head that came in more bytes than the limit can be over it.
        if max(self._pending, self._chunk) > self._limits.head:
            self._check_head_size()
        self._check_head(headers)
        self._pending = 0
        self._in_head = False
        if self.parser.should_upgrade() and not self._should_upgrade() and self.parser.get_method() != b"CONNECT":
            self._replay = True
            return
        self.scope["headers"] = headers[:]  # trailers land in self.headers
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Progress: the limit on what is pending starts anew."""
        self._pending = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The next byte belongs to the next request."""
        self._pending = 0
        self._in_head = True
        if not self._replay:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Send a refusal that had to wait for this answer."""
        super().on_response_complete()
        if self._refusal is not None and self._lingered < 0 and not self._answering():
            self._send_refusal(self._refusal)

    # Rules

    def _check_head(self, headers: list[tuple[bytes, bytes]]) -> None:
        version = self.parser.get_http_version()
        if version not in {"1.1", "1.0"}:
            raise _Refusal(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "version")
        hosts = 0
        for name, value in headers:
            if name == b"host":
                hosts += 1
                self._check_host(value)
            elif name == b"transfer-encoding":
                _check_transfer_encoding(value, version)
        if hosts != 1 and (hosts or version == "1.1"):
            raise _Refusal(HTTPStatus.BAD_REQUEST, "host")

    def _check_host(self, value: bytes) -> None:
        if value != self._good_host:
            if not _is_host(value):
                raise _Refusal(HTTPStatus.BAD_REQUEST, "host")
            self._good_host = value  # a connection asks for one host, as a rule

    def _check_head_size(self) -> None:
        size = sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > self._limits.head:
            raise _Refusal(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "head_too_large")

    def _check_pending(self) -> None:
        """The parser wants more bytes: bound how many, and how long they may take."""
        if self._pending > self._limits.head + self._limits.target:
            self._refuse(_Refusal(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "head_too_large"))
        elif self._in_head and self._head_timer is None:
            self._arm_head_timer()

    def _replay_as_plain(self, rest: bytes) -> None:
        """Parse the request again without its Upgrade: the parser skips the body of any request that has one."""
        self._replay = False
        lines = [self.parser.get_method(), b" ", self.url, b" HTTP/1.1\r\n"]
        for name, value in self.headers:
            if name == b"connection":
                kept = [token for token in value.split(b",") if token.strip().lower() != b"upgrade"]
                lines += [name, b": ", b",".join(kept), b"\r\n"]
            elif name != b"upgrade":
                lines += [name, b": ", value, b"\r\n"]
        self.parser = httptools.HttpRequestParser(self)
        self._pending = 0
        self.data_received(b"".join([*lines, b"\r\n", rest]))

    # Time

    def _arm_head_timer(self) -> None:
        self._head_timer = self.loop.call_later(self._limits.head_timeout, self._head_expired)

    def _cancel_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _head_expired(self) -> None:
        self._head_timer = None
        if self._pending:
            self._refuse(_Refusal(HTTPStatus.REQUEST_TIMEOUT, "head_timeout"))
        elif has_unread(self.transport):
            self._head_timer = self.loop.call_later(_READ_SECONDS, self._head_expired)
        else:  # nothing was ever sent: armed by `connection_made`
            self.transport.close()

    # Refusing

    def _answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request, whatever uvicorn declares
        return bool(self.pipeline) or (cycle is not None and not cycle.response_complete)

    def _refuse(self, refusal: _Refusal) -> None:
        self._cancel_head_timer()
        self._refusal = refusal
        self._rejected(refusal.reason)
        if not self._answering():
            self._send_refusal(refusal)
        elif self._in_head and not self.pipeline:
            self.flow.pause_reading()  # `on_response_complete` goes on
        elif self.cycle.response_started or self.pipeline:
            self.transport.close()
        else:  # the body of the request that the application is waiting for
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            self._send_refusal(refusal)

    def _send_refusal(self, refusal: _Refusal) -> None:
        """Answer, then read on for a moment: a close with unread input would take the answer back from the client."""
        text = f"{refusal.status.phrase}\n".encode()
        head = f"HTTP/1.1 {refusal.status.value} {refusal.status.phrase}\r\n".encode()
        date = b"".join(name + b": " + value + b"\r\n" for name, value in self.server_state.default_headers)
        length = f"content-type: text/plain; charset=utf-8\r\ncontent-length: {len(text)}\r\n".encode()
        self._unset_keepalive_if_required()
        self.transport.write(head + date + length + b"connection: close\r\n\r\n" + text)
        self._lingered = 0
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.flow.resume_reading()
        self.loop.call_later(_LINGER_SECONDS, self.transport.abort)

    def _discard(self, size: int) -> None:
        if self._lingered >= 0:
            self._lingered += size
            if self._lingered > _LINGER_BYTES:
                self.transport.abort()


def _as_refusal(error: httptools.HttpParserError) -> _Refusal:
    cause = error.__context__
    return cause if isinstance(cause, _Refusal) else _Refusal(HTTPStatus.BAD_REQUEST, "malformed")


def _check_transfer_encoding(value: bytes, version: str) -> None:
    if version == "1.0":
        raise _Refusal(HTTPStatus.BAD_REQUEST, "transfer_encoding")
    if value.lower() != b"chunked":
        raise _Refusal(HTTPStatus.NOT_IMPLEMENTED, "transfer_encoding")


def _is_host(value: bytes) -> bool:
    """Whether `value` is `uri-host [":" port]` (RFC 9110 7.2); an empty one is for targets without authority."""
    found = _HOST.fullmatch(value)
    return found is not None and int(found[1] or 0) <= _MAX_PORT
