"""What happens around every request: the legacy application's before_request, after_request and last-resort handler."""

from __future__ import annotations

import logging

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from werkzeug.exceptions import BadRequest

from gateway.compat.wire.error_page import page_of
from v2.audit import is_audited, write_entry
from v2.body import limited
from v2.cors import cors_headers
from v2.settings import APP_VERSION, Settings
from v2.wire import header

LONGEST_REQUEST_ID = 100

# What `gateway doctor` asks about: legacy's hooks, and where their work is done for the routes that moved.
# gateway: ignore[hook.skipped:legacy.hooks.refuse_during_maintenance] House._refused
# gateway: ignore[hook.skipped:legacy.hooks.remember_request_id] House._refused and _Answer._complete
# gateway: ignore[hook.skipped:legacy.hooks.add_headers] _Answer._complete
# gateway: ignore[hook.skipped:legacy.hooks.note_status] v2.audit, by _Answer.send
# gateway: ignore[hook.skipped:legacy.hooks.write_audit_entry] v2.audit, by _Answer.send
# gateway: ignore[hook.skipped:flask_cors.extension.cors_after_request] v2.cors, by _Answer._complete
# gateway: ignore[hook.skipped:flask_wtf.csrf.csrf_protect] forms depend on csrf_protect; what programs ask is exempt
# gateway: ignore[hook.skipped:flask_login.login_manager._update_remember_cookie] gateway.compat runs it with logins


class House:
    """Middleware, plain ASGI: streams pass through it unbuffered. It needs what `bind` puts around it."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._log = logging.getLogger("v2")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})  # before it is copied: the endpoint leaves there what the log is told
        answer = _Answer(scope, send, self._settings)
        refused = await self._refused(scope)
        if refused is not None:
            await refused(scope, receive, answer.send)
            return
        # FastAPI's routes know no HEAD; Flask's views run for it, and the body is dropped.
        inner = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        try:
            await self._app(inner, limited(scope, receive), answer.send)
        except Exception as error:
            if answer.started:
                raise
            self._log.exception("%s %s failed", scope["method"], scope["path"])
            await (await page_of(error, scope))(scope, receive, answer.send)

    async def _refused(self, scope: Scope) -> Response | None:
        path = scope["path"]
        if self._settings.in_maintenance and path != "/health" and not path.startswith("/static/"):
            return PlainTextResponse("We are back in a few minutes.\n", 503, {"Retry-After": "120"})
        if len(_request_id(scope)) > LONGEST_REQUEST_ID:
            return await page_of(BadRequest("X-Request-ID is too long."), scope)
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
            if is_audited(self._scope):  # before the answer is sent: who has it finds the entry
                await write_entry(self._scope, message["status"])
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
        if "access-control-allow-origin" not in headers:  # an answer of legacy's own has had its Flask-CORS
            method, path = self._scope["method"], self._scope["path"]
            for name, value in cors_headers(method, path, Headers(scope=self._scope), self._settings.origins):
                headers.append(name, value)
        # Flask-Login looks into the session after every request, and Flask tells caches so.
        if "cookie" not in headers.get("vary", "").lower():
            headers.add_vary_header("Cookie")


def _request_id(scope: Scope) -> str:
    return header(HTTPConnection(scope), "x-request-id")
