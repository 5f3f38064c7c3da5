"""What happens around every request: the legacy application's before_request, after_request and last-resort handler."""

from __future__ import annotations

import logging

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from v2.cors import cors_headers
from v2.errors import Refusal
from v2.settings import APP_VERSION, Settings
from v2.wire import header

LONGEST_REQUEST_ID = 100


class House:
    """Middleware, plain ASGI: streams pass through it unbuffered."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._log = logging.getLogger("v2")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(scope, send, self._settings)
        refused = self._refused(scope)
        if refused is not None:
            await refused(scope, receive, answer.send)
            return
        # FastAPI's routes know no HEAD; Flask's views run for it, and the body is dropped.
        inner = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        try:
            await self._app(inner, receive, answer.send)
        except Exception:
            if answer.started:
                raise
            self._log.exception("%s %s failed", scope["method"], scope["path"])
            await Refusal(500).response(scope, receive, answer.send)

    def _refused(self, scope: Scope) -> Response | None:
        if self._settings.in_maintenance and scope["path"] != "/health":
            return PlainTextResponse("We are back in a few minutes.\n", 503, {"Retry-After": "120"})
        if len(_request_id(scope)) > LONGEST_REQUEST_ID:
            return Refusal(400, "X-Request-ID is too long.").response
        return None


class _Answer:
    """Completes the answer on its way out."""

    def __init__(self, scope: Scope, send: Send, settings: Settings) -> None:
        self._scope = scope
        self._send = send
        self._settings = settings
        self.started = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            self._complete(MutableHeaders(scope=message))
        elif message["type"] == "http.response.body" and self._scope["method"] == "HEAD":
            message = {**message, "body": b""}
        await self._send(message)

    def _complete(self, headers: MutableHeaders) -> None:
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "SAMEORIGIN")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers["X-App-Version"] = APP_VERSION
        request_id = _request_id(self._scope)
        if 0 < len(request_id) <= LONGEST_REQUEST_ID:
            headers["X-Request-ID"] = request_id
        method, path = self._scope["method"], self._scope["path"]
        for name, value in cors_headers(method, path, Headers(scope=self._scope), self._settings.origins):
            headers.append(name, value)
        # Flask-Login looks into the session after every request, and Flask tells caches so.
        headers.add_vary_header("Cookie")


def _request_id(scope: Scope) -> str:
    return header(HTTPConnection(scope), "x-request-id")
