"""Which errors get legacy's page: the exception handlers of a route, and of an application.

An error passes through FastAPI's own machinery first, so that dependencies with `yield` see it and roll back. The
application's handlers for a status or for an exception of its own come before these.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import HTTPException as FastAPIError
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from gateway.compat.wire.error_page import page_of
from gateway.compat.wire.methods import allowed
from gateway.compat.wire.refusals import Refused, extra_headers, of_complaints, of_http_exception, with_headers
from gateway.compat.wire.switches import SWITCHES

Handler = Callable[[Request, Exception], Awaitable[Response]]
KINDS: tuple[type[Exception], ...] = (HTTPException, FastAPIError, RequestValidationError)
"""The exceptions that FastAPI answers itself."""
METHOD_NOT_ALLOWED = 405
_KEY = "starlette.exception_handlers"


def handler_of(switches: frozenset[str], before: Callable[..., Any] | None) -> Handler:
    """Answers with legacy's page where one is due; else as `before` does, or raises the error on."""

    async def handle(request: Request, error: Exception) -> Response:
        page = await page_for(error, request, switches)
        if page is not None:
            return page
        if before is None:
            raise error
        asynchronous = inspect.iscoroutinefunction(before)
        answer = before(request, error) if asynchronous else run_in_threadpool(before, request, error)
        response: Response = await answer
        return response

    return handle


def use_in(scope: Scope, switches: frozenset[str]) -> None:
    """Let these handlers answer for the rest of this request; the application's own go on to count."""
    handlers, statuses = scope.get(_KEY, ({}, {}))
    scope[_KEY] = ({**handlers, **handlers_of(switches, handlers)}, statuses)


def handlers_of(switches: frozenset[str], before: Mapping[Any, Any]) -> dict[Any, Handler]:
    """The handlers by exception, in front of those of an application."""
    return {kind: handler_of(switches, _before(kind, before)) for kind in KINDS}


def is_answered(error: HTTPException, scope: Scope) -> bool:
    """Whether the application has a handler of its own for this status."""
    statuses: Mapping[int, Any] = scope.get(_KEY, ({}, {}))[1]
    return error.status_code in statuses


async def page_for(error: Exception, request: Request, switches: frozenset[str]) -> Response | None:
    """Legacy's page for an error; None where it is FastAPI's to answer."""
    match error:
        case Refused():
            return await _page(error, request)
        case HTTPException() if "errors.pages" in switches:
            return await _page(error, request, "errors.pages")
        case RequestValidationError() if "errors.validation_as_400" in switches:
            refusal = of_complaints(error.errors())
            if refusal is not None:
                SWITCHES["errors.validation_as_400"].applied()
                return await page_of(refusal, request.scope)
        case _:
            pass
    return None


async def _page(error: HTTPException, request: Request, switch: str = "") -> Response | None:
    is_method = error.status_code == METHOD_NOT_ALLOWED
    refusal = of_http_exception(error, allowed(request.app.routes, request.scope) if is_method else ())
    if refusal is None:
        return None
    if switch:
        SWITCHES[switch].applied()
    return await page_of(with_headers(refusal, extra_headers(error)), request.scope)


def _before(kind: type[Exception], handlers: Mapping[Any, Any]) -> Callable[..., Any] | None:
    """What Starlette would have called."""
    return next((handlers[one] for one in kind.__mro__ if one in handlers), None)
