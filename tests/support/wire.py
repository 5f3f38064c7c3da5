"""Bytes in, bytes out: a raw HTTP client, and an application that says what it was asked."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from gateway.asgi import Receive, Scope, Send
from gateway.server.listener import http_config
from gateway.server.sockets import listen
from gateway.server.thread import ServerThread
from gateway.settings import Settings

DEADLINE = 30.0


@dataclass
class Echo:
    """Answers with what it was asked: method, target, headers, body. `seen` keeps the targets; `/late` takes 0.5 s."""

    seen: list[str] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close"})
            return
        target = scope["raw_path"].decode()
        self.seen.append(target)
        if target == "/late":
            await asyncio.sleep(0.5)
        body = b""
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.seen.append("disconnected")
                return
            body += message["body"]
            more = message["more_body"]
        asked = {
            "method": scope["method"],
            "target": target,
            "headers": [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]],
            "body": body.decode("latin-1"),
            "client": scope["client"][0],
            "scheme": scope["scheme"],
        }
        answer = json.dumps(asked).encode()
        headers = [(b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})


@dataclass
class Listening:
    """A server on loopback. `rejected` keeps the reasons of its refusals."""

    port: int
    app: Echo
    rejected: list[str] = field(default_factory=list)
    end_all: Callable[[], None] = lambda: None
    """Tell every connection that the server ends. For the server's loop."""

    def refused(self, reason: str) -> None:
        """Told by the server, on its loop."""
        self.rejected.append(reason)

    def connect(self) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=DEADLINE)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def send(self, data: bytes) -> bytes:
        """Everything that the server sends before it closes."""
        with self.connect() as connection:
            connection.sendall(data)
            return read_all(connection)


@contextmanager
def listening(**settings: object) -> Iterator[Listening]:
    """A server with the product's protocol and settings, in front of an Echo."""
    listener = listen("127.0.0.1", 0, option="--port")
    server = Listening(listener.getsockname()[1], Echo())
    config = http_config(server.app, Settings(**settings), rejected=server.refused, grace=1.0)
    thread = ServerThread("test", config, listener)
    server.end_all = lambda: [one.shutdown() for one in list(thread._server.server_state.connections)]
    thread.start()
    try:
        yield server
    finally:
        thread.stop()
        assert thread.join(DEADLINE)


def read_all(connection: socket.socket) -> bytes:
    """Until the other side closes."""
    data = b""
    while True:
        try:
            part = connection.recv(65536)
        except ConnectionResetError:
            return data
        if not part:
            return data
        data += part


def statuses(data: bytes) -> list[int]:
    """The status of every answer in a stream of answers whose bodies hold no `HTTP/1.1`."""
    return [int(part[1:4]) for part in data.split(b"HTTP/1.1")[1:]]


def eventually(condition: object, what: str, *, seconds: float = DEADLINE) -> None:
    """Wait until `condition()` is true, bounded."""
    deadline = time.monotonic() + seconds
    pause = 0.01
    while not condition():  # type: ignore[operator] # any callable
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds} s"
        time.sleep(pause)
        pause = min(0.1, pause * 1.5)  # whoever is asked needs the processor for its answer
