"""A client for ASGI applications without a socket: asks once and keeps every message."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

Message = dict[str, Any]
App = Callable[..., Awaitable[None]]


@dataclass
class Answer:
    """What an application sent. `finished` is False when the body did not reach its end."""

    messages: list[Message] = field(default_factory=list)

    @property
    def status(self) -> int:
        return self.messages[0]["status"]

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        return list(self.messages[0].get("headers", ()))

    def header(self, name: bytes) -> bytes | None:
        return next((value for key, value in self.headers if key == name), None)

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages[1:])

    @property
    def finished(self) -> bool:
        return len(self.messages) > 1 and not self.messages[-1].get("more_body", False)


def a_scope(method: str = "GET", target: str | bytes = "/", headers: Iterable[tuple[bytes, bytes]] = ()) -> Message:
    raw = target if isinstance(target, bytes) else target.encode()
    raw_path, _, query = raw.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": raw_path.decode("latin-1"),
        "raw_path": raw_path,
        "query_string": query,
        "root_path": "",
        "headers": list(headers),
        "client": ("192.0.2.7", 51000),
        "server": ("gateway.test", 80),
        "state": {},
    }


async def ask(
    app: App,
    method: str = "GET",
    target: str | bytes = "/",
    headers: Iterable[tuple[bytes, bytes]] = (),
    *,
    body: Iterable[bytes] = (),
    leaves_after_body: bool = False,
) -> Answer:
    """Ask once. A `body` adds Content-Length; the client stays until the answer is over, unless it leaves."""
    chunks = list(body)
    headers = list(headers)
    if chunks:
        headers.append((b"content-length", str(sum(map(len, chunks))).encode()))
    answer = Answer()
    over = asyncio.Event()
    waiting: list[Message] = [
        {"type": "http.request", "body": chunk, "more_body": number < len(chunks) or leaves_after_body}
        for number, chunk in enumerate(chunks or [b""], start=1)
    ]

    async def receive() -> Message:
        if waiting:
            return waiting.pop(0)
        if not leaves_after_body:
            await over.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        answer.messages.append(dict(message))
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            over.set()

    try:
        await app(a_scope(method, target, headers), receive, send)
    finally:
        over.set()
    return answer
