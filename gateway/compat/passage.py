"""One request's way through v2: what goes with it, and what happens to the answer on its way out.

Flask writes a session's cookie, and runs its `after_request` functions, when the answer is there and before its head
is sent. FastAPI has no such moment for a dependency: an endpoint may return a response of its own, and a dependency
that yields goes on only after the answer was sent. So the middleware of `bind` stands at the door.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from wsgiref.types import WSGIEnvironment

from anyio import CancelScope

from gateway.asgi import Message, RawHeaders, Scope, Send

PASSAGE = "gateway.compat.passage"
"""The key of the scope under which dependencies find the passage."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """An answer that is about to be sent. `body` is None where nobody wished to see it."""

    status: int
    headers: RawHeaders
    body: bytes | None = None


class Companion(Protocol):
    """What goes with a request through v2, and has a last word on its answer."""

    @property
    def wants_body(self) -> bool:
        """Whether the answer is held back until it is complete, and handed over with its body."""

    async def leave(self, answer: Leaving) -> Leaving:
        """The answer as it shall be sent."""

    async def close(self, error: BaseException | None) -> None:
        """The answer is sent, and background tasks have run; `error` is what v2 raised."""


class Passage:
    """Made for each request and each WebSocket. `environ` makes a WSGI environ of an HTTP scope.

    `bodiless`: the request is a HEAD. Its answer loses its body here, after the companion has seen it as a GET's.
    """

    def __init__(self, send: Send, environ: Callable[[Scope], WSGIEnvironment], *, bodiless: bool = False) -> None:
        self.environ = environ
        self.companion: Companion | None = None
        self._send = without_body(send) if bodiless else send
        self._held: Message | None = None
        self._body: list[bytes] = []

    async def send(self, message: Message) -> None:
        """Pass a message on, through the companion where there is one."""
        companion = self.companion
        kind = message["type"]
        if kind == "http.response.start" and companion is not None:
            if companion.wants_body:
                self._held = message
            else:
                answer = await companion.leave(Leaving(message["status"], list(message.get("headers", ()))))
                await self._send({**message, "status": answer.status, "headers": answer.headers})
        elif kind == "http.response.body" and self._held is not None and companion is not None:
            self._body.append(message.get("body", b""))
            if not message.get("more_body", False):
                await self._release(companion, self._held)
        else:
            await self._send(message)

    async def close(self, error: BaseException | None) -> None:
        """Let go, whatever became of the request; a cancellation waits for it."""
        if self.companion is not None:
            with CancelScope(shield=True):
                await self.companion.close(error)

    async def _release(self, companion: Companion, start: Message) -> None:
        whole = Leaving(start["status"], list(start.get("headers", ())), b"".join(self._body))
        self._held, self._body = None, []
        answer = await companion.leave(whole)
        await self._send({**start, "status": answer.status, "headers": answer.headers})
        await self._send({"type": "http.response.body", "body": answer.body or b"", "more_body": False})


def without_body(send: Send) -> Send:
    """Sends the head of an answer as it is, and nothing of its body."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        elif message["type"] == "http.response.pathsend":
            message = {"type": "http.response.body", "body": b"", "more_body": False}
        await send(message)

    return sending


def passage_of(scope: Any) -> Passage | None:
    """The passage of a request; None where `bind` was not called for this application."""
    found: Passage | None = scope.get(PASSAGE)
    return found
