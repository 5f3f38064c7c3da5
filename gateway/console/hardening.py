"""What holds for every path of the console, known or not: who may be asked for it, and what every answer carries.

Nothing foreign runs in an answer, nothing frames it, nothing keeps it; and a request that came for another host gets
none. What may be kept are the pages' own styles and scripts, which are the same for everybody and named by their hash.
"""

from __future__ import annotations

from gateway.asgi import Backend, Message, Receive, Scope, Send
from gateway.console.auth import Guard

_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    b"frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
HEADERS = (
    (b"content-security-policy", _POLICY),
    (b"x-frame-options", b"DENY"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)
STATIC = "/static/"
"""Where the pages' own files are."""


class Hardened:
    """An ASGI application whose answers carry `HEADERS`, errors included, and which answers for its own hosts only."""

    def __init__(self, app: Backend, guard: Guard) -> None:
        self._app = app
        self._guard = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send, /) -> None:
        """Answer one request."""

        async def send_hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _hardened(scope.get("path", ""), [*message.get("headers", ())])
            await send(message)

        denied = self._guard.misdirected(scope["headers"]) if scope["type"] == "http" else None
        app = self._app if denied is None else denied.response()
        await app(scope, receive, send_hardened)


def _hardened(path: str, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """An answer's headers and ours. One that says itself how it may be kept is believed below `STATIC` only."""
    if path.startswith(STATIC) and any(name.lower() == b"cache-control" for name, _ in headers):
        return [*headers, *(line for line in HEADERS if line[0] != b"cache-control")]
    return [*headers, *HEADERS]
