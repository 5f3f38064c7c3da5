"""Every refusal and failure of the console as JSON: `{"error": stable_word, "message": sentence, ...}`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match

_METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")


@dataclass(frozen=True, slots=True)
class Denied:
    """Why a request is not answered: `error` is stable, `message` is for people, `details` are for both."""

    status: HTTPStatus
    error: str
    message: str
    details: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        """The answer, in ASCII: what was sent may come back in it, and need not be UTF-8."""
        body = json.dumps({"error": self.error, "message": self.message, **self.details})
        return Response(body, self.status, dict(self.headers), media_type="application/json")


class Refused(Exception):
    """Carries a denial from a dependency or an endpoint to its handler."""

    def __init__(self, denied: Denied) -> None:
        super().__init__(denied.error)
        self.denied = denied


def answer_refusals(app: FastAPI) -> None:
    """Let `app` answer what is refused, unknown, malformed or broken, as JSON."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _broken)


async def _refused(_request: Request, error: Exception) -> Response:
    if not isinstance(error, Refused):
        raise error
    return error.denied.response()


async def _http(request: Request, error: Exception) -> Response:
    """What the router itself refuses: an unknown path, a wrong method, a body that is no JSON."""
    if not isinstance(error, HTTPException):
        raise error
    status = HTTPStatus(error.status_code)
    sentence = {
        HTTPStatus.NOT_FOUND: "nothing of the console lives at this path",
        HTTPStatus.METHOD_NOT_ALLOWED: "this path is not asked by this method",
    }.get(status, str(error.detail))
    headers = dict(error.headers or {})
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_allowed(request))  # the router names those of one route of the path
    return Denied(status, status.phrase.lower().replace(" ", "_"), sentence, headers=headers).response()


def _allowed(request: Request) -> list[str]:
    """The methods of everything that lives at a request's path (RFC 9110, 10.2.1)."""
    routes = request.app.routes
    return [
        method
        for method in _METHODS
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in routes)
    ]


async def _invalid(_request: Request, error: Exception) -> Response:
    """A request whose values cannot be used. What was sent is not sent back."""
    if not isinstance(error, RequestValidationError):
        raise error
    problems = [
        {"where": ".".join(str(part) for part in problem["loc"]), "what": str(problem["msg"])}
        for problem in error.errors()
    ]
    sentence = "; ".join(f"{problem['where']}: {problem['what']}" for problem in problems)
    return Denied(
        HTTPStatus.UNPROCESSABLE_ENTITY, "request_invalid", sentence, details={"problems": problems}
    ).response()


async def _broken(_request: Request, _error: Exception) -> Response:
    """A defect of ours: the log has the traceback, the caller gets no part of it."""
    return Denied(
        HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", "the console failed; the gateway's log says how"
    ).response()
