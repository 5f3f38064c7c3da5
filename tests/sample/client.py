"""Asking the sample at the level of the wire: in process, or over a real socket.

The suite is written against `Client`; an `Answer` keeps the header lines as they came.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Any, Protocol, cast

from flask import Flask

Headers = Mapping[str, str]
TIMEOUT = 10.0


@dataclass(frozen=True)
class Answer:
    """A response. `headers` are the field lines in order, repeats kept; `body` is without transfer coding."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def header(self, name: str) -> str | None:
        """The only value of a header, None without one."""
        values = self.all(name)
        assert len(values) < 2, f"{name} is repeated: {values}"
        return values[0] if values else None

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        """The body, which has to be declared as JSON."""
        assert self.header("content-type") == "application/json", (self.status, self.headers, self.body[:200])
        return json.loads(self.body)


class Client(Protocol):
    """Something that answers requests. `target` goes to the wire as it is; no header is added but Host and a length."""

    def request(self, method: str, target: str, headers: Headers = ..., body: bytes | None = ...) -> Answer:
        """The whole answer."""

    def prefix(self, method: str, target: str, headers: Headers, size: int) -> Answer:
        """The answer with the first `size` bytes of its body; the client leaves then."""

    def upload(self, method: str, target: str, headers: Headers, chunks: Iterable[bytes]) -> Answer:
        """The answer to a body of unknown length: on a socket, with `Transfer-Encoding: chunked`."""


class FlaskClient:
    """Flask's test client."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def request(self, method: str, target: str, headers: Headers | None = None, body: bytes | None = None) -> Answer:
        return self._open(method, target, headers or {}, body, None)

    def prefix(self, method: str, target: str, headers: Headers, size: int) -> Answer:
        return self._open(method, target, headers, None, size)

    def upload(self, method: str, target: str, headers: Headers, chunks: Iterable[bytes]) -> Answer:
        return self._open(method, target, headers, b"".join(chunks), None)

    def _open(self, method: str, target: str, headers: Headers, body: bytes | None, size: int | None) -> Answer:
        client = self._app.test_client(use_cookies=False)
        # A server drops names with underscores, since they would become the variables of names with dashes.
        lines = {name: value for name, value in headers.items() if "_" not in name}
        response = client.open(target, method=method, headers=lines, data=body)
        with closing(response):
            received = b""
            for chunk in cast("Iterator[bytes]", response.response):
                received += chunk
                if size is not None and len(received) >= size:
                    received = received[:size]
                    break
        reason = response.status.partition(" ")[2]
        return Answer(response.status_code, reason, tuple(response.headers.items()), received)


class SocketClient:
    """One connection per request, HTTP/1.1, nothing interpreted but the framing."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port

    def request(self, method: str, target: str, headers: Headers | None = None, body: bytes | None = None) -> Answer:
        lines = dict(headers or {})
        if body is not None:
            lines["Content-Length"] = str(len(body))
        with self._connect() as connection:
            # A server may answer, and close, before it has read everything.
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.sendall(self._head(method, target, lines) + (body or b""))
            return _read_answer(connection, method, None)

    def prefix(self, method: str, target: str, headers: Headers, size: int) -> Answer:
        with self._connect() as connection:
            connection.sendall(self._head(method, target, headers))
            return _read_answer(connection, method, size)

    def upload(self, method: str, target: str, headers: Headers, chunks: Iterable[bytes]) -> Answer:
        with self._connect() as connection:
            connection.sendall(self._head(method, target, {**headers, "Transfer-Encoding": "chunked"}))
            for chunk in chunks:
                connection.sendall(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            connection.sendall(b"0\r\n\r\n")
            return _read_answer(connection, method, None)

    def _connect(self) -> socket.socket:
        return socket.create_connection((self.host, self.port), timeout=TIMEOUT)

    @staticmethod
    def _head(method: str, target: str, headers: Headers) -> bytes:
        lines = {"Host": "localhost", "Connection": "close", **headers}
        head = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in lines.items())]
        return "\r\n".join([*head, "", ""]).encode("latin-1")


class _Incoming:
    """Bytes from a connection; a connection that ends early is an error, never a short answer."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = b""

    def line(self) -> bytes:
        while b"\r\n" not in self._buffer:
            self._fill()
        line, _, self._buffer = self._buffer.partition(b"\r\n")
        return line

    def exactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._fill()
        taken, self._buffer = self._buffer[:size], self._buffer[size:]
        return taken

    def some(self) -> bytes:
        """What there is; empty at the end of the connection."""
        with suppress(ConnectionResetError):  # it had not read everything
            self._buffer = self._buffer or self._connection.recv(65536)
        taken, self._buffer = self._buffer, b""
        return taken

    def _fill(self) -> None:
        received = self._connection.recv(65536)
        if not received:
            raise ConnectionError(f"the connection ended in the middle of an answer, after {self._buffer[:200]!r}")
        self._buffer += received


def _read_answer(connection: socket.socket, method: str, size: int | None) -> Answer:
    incoming = _Incoming(connection)
    version, _, rest = incoming.line().decode("latin-1").partition(" ")
    assert version == "HTTP/1.1", version
    status, _, reason = rest.partition(" ")
    headers = []
    while line := incoming.line():
        name, _, value = line.decode("latin-1").partition(":")
        headers.append((name, value.strip()))
    body = b""
    for chunk in _chunks(incoming, method, int(status), {name.lower(): value for name, value in headers}):
        body += chunk
        if size is not None and len(body) >= size:
            body = body[:size]
            break
    else:
        assert incoming.some() == b"", "there is more than was declared"
    return Answer(int(status), reason, tuple(headers), body)


def _chunks(incoming: _Incoming, method: str, status: int, headers: Headers) -> Iterator[bytes]:
    """The body, by its declared framing (RFC 9112, 6.3)."""
    if method == "HEAD" or status in {204, 304}:
        return
    if headers.get("transfer-encoding", "").lower() == "chunked":
        while length := int(incoming.line(), 16):
            yield incoming.exactly(length)
            assert incoming.exactly(2) == b"\r\n"
        while incoming.line():  # trailers
            pass
    elif "content-length" in headers:
        yield incoming.exactly(int(headers["content-length"]))
    else:
        while chunk := incoming.some():
            yield chunk
