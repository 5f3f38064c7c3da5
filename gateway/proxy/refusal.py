"""The few answers that the gateway gives itself: refused requests, redirects to the canonical path, and no answer.

They never repeat anything of the request (case 40), and a refused request's connection is closed, since what follows
on it cannot be trusted either.
"""

from __future__ import annotations

from http import HTTPStatus

from gateway.asgi import RawHeaders, Send

_BAD_REQUEST = 400
_SERVER_ERROR = 500


async def refuse(send: Send, status: int, *, retry_after: int | None = None, extra: RawHeaders | None = None) -> None:
    """Answer with `status` and its standard phrase, as plain text."""
    phrase = HTTPStatus(status).phrase.encode()
    headers: RawHeaders = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(phrase)).encode()),
        *(extra or ()),
    ]
    if retry_after is not None:
        headers.append((b"retry-after", str(retry_after).encode()))
    if _BAD_REQUEST <= status < _SERVER_ERROR:
        headers.append((b"connection", b"close"))
    await _answer(send, status, headers, phrase)


async def redirect(send: Send, raw_path: bytes, query: bytes) -> None:
    """308 to the canonical path on the same origin, the query byte for byte."""
    location = raw_path + b"?" + query if query else raw_path
    await _answer(send, 308, [(b"location", location), (b"content-length", b"0")], b"")


async def _answer(send: Send, status: int, headers: RawHeaders, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
