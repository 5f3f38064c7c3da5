"""Errors in the legacy application's shape, and its answers to wrong methods, unknown paths and OPTIONS.

`Refusal` is for code that keeps the legacy contract. FastAPI's own HTTPException keeps FastAPI's own body: a client
sees the difference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from fastapi import FastAPI, HTTPException, Request
from fastapi.exception_handlers import http_exception_handler
from starlette.exceptions import HTTPException as RoutingError
from starlette.responses import Response
from starlette.routing import Match

from v2.wire import JSON

# Flask's names and texts. Not those of http.HTTPStatus, which change with Python's version.
NAMES = {
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Request Entity Too Large",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
MESSAGES = {
    400: "The browser (or proxy) sent a request that this server could not understand.",
    404: (
        "The requested URL was not found on the server. If you entered the URL manually please check your spelling "
        "and try again."
    ),
    405: "The method is not allowed for the requested URL.",
    413: "The data value transmitted exceeds the capacity limit.",
    500: (
        "The server encountered an internal error and was unable to complete your request. Either the server is "
        "overloaded or there is an error in the application."
    ),
}

METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")

# Methods that legacy still answers on paths that are otherwise migrated: `Allow` speaks for the whole site.
NOT_MIGRATED = (
    (re.compile(r"/employees"), {"POST"}),
    (re.compile(r"/employee/\d+"), {"DELETE", "PATCH", "PUT"}),
)


class Refusal(Exception):
    """An error answer. `message` defaults to Flask's text for the status."""

    def __init__(self, status: int, message: str | None = None, headers: Mapping[str, str] | None = None) -> None:
        self.status = status
        self.message = message or MESSAGES[status]
        self.headers = dict(headers or {})
        super().__init__(self.message)

    @property
    def response(self) -> JSON:
        """What the client gets."""
        error = {"code": self.status, "name": NAMES[self.status], "message": self.message}
        return JSON({"error": error}, self.status, self.headers)


def install(app: FastAPI) -> None:
    """Register the handlers."""
    app.add_exception_handler(Refusal, _refuse)
    app.add_exception_handler(RoutingError, _not_routed)
    app.add_exception_handler(HTTPException, _fastapi_own)


async def _refuse(_request: Request, error: Exception) -> Response:
    if not isinstance(error, Refusal):
        raise error
    return error.response


async def _not_routed(request: Request, error: Exception) -> Response:
    if not isinstance(error, RoutingError):
        raise error
    if error.status_code != 405:  # noqa: PLR2004 - the status that the table above names
        return Refusal(error.status_code).response
    allow = {"Allow": ", ".join(sorted(_allowed(request)))}
    if request.method == "OPTIONS":
        return Response(status_code=200, headers=allow, media_type="text/html")
    return Refusal(405, headers=allow).response


async def _fastapi_own(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return await http_exception_handler(request, error)


def _allowed(request: Request) -> set[str]:
    """Every method that the site answers at this path."""
    methods = {
        method
        for method in METHODS
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in request.app.routes)
    }
    for path, more in NOT_MIGRATED:
        if path.fullmatch(request.scope["path"]):
            methods |= more
    return methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())
