"""How the tests of backends ask: a plain request, and what came back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from gateway.backends.local import LocalBackend


def http_scope(path: str = "/", method: str = "GET", headers=(), **more):
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"www.example.org"), *headers],
        "client": ("203.0.113.9", 40000),
        "server": ("127.0.0.1", 8000),
        "state": {},
        **more,
    }


@dataclass
class Exchange:
    """One request: `messages` is what the client sends, after which it stays until `leave`; `sent` is the answer."""

    scope: dict
    messages: list = field(default_factory=list)
    sent: list = field(default_factory=list)
    leave: asyncio.Event = field(default_factory=asyncio.Event)
    received: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self):
        self.received += 1
        if self.messages:
            return self.messages.pop(0)
        await self.leave.wait()
        return {
            "type": "websocket.disconnect" if self.scope["type"] == "websocket" else "http.disconnect",
            "code": 1001,
        }

    async def send(self, message):
        self.sent.append(message)
        self.news.set()

    async def next(self):
        """Wait for one more message of the answer."""
        async with asyncio.timeout(5):
            await self.news.wait()
        self.news.clear()

    async def ask(self, backend, limit: float = 5.0):
        async with asyncio.timeout(limit):
            await backend(self.scope, self.receive, self.send)
        return self

    @property
    def status(self):
        return self.sent[0]["status"]

    @property
    def body(self):
        return b"".join(message.get("body", b"") for message in self.sent[1:])


@asynccontextmanager
async def running(app, **options) -> AsyncIterator[LocalBackend]:
    backend = LocalBackend(app, **options)
    await backend.start()
    await backend.settled()
    try:
        yield backend
    finally:
        await backend.stop(1.0)


@pytest.fixture
def request_to():
    """`request_to("/path", ...)`: one exchange."""

    def make(path: str = "/", method: str = "GET", headers=(), *, messages=(), **more) -> Exchange:
        return Exchange(http_scope(path, method, headers, **more), list(messages))

    return make


@pytest.fixture
def local():
    """`async with local(app, ...)`: a started LocalBackend."""
    return running
