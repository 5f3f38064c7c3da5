"""Who may ask what, as a dependency (`dependencies=[allow(Access.READ)]`) and as the kind of route that changes things.

A dependency is asked after the body was read and parsed. `ChangingRoute` decides before that, so that strangers learn
nothing of what a body should be, and no body is larger than `MOST_BODY`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request, Response, Security
from fastapi.routing import APIRoute
from fastapi.security import APIKeyCookie, HTTPBearer

from gateway.asgi import Message
from gateway.console.auth import Access, Role
from gateway.console.refusals import Denied, Refused
from gateway.console.sessions import COOKIE

if TYPE_CHECKING:
    from gateway.console.context import Console

MOST_BODY = 64 * 1024
"""Bytes; what is asked for is a few words."""
BODY_SECONDS = 10.0
"""How long a body may take to come."""

NOT_JSON = Denied(
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "content_type_wrong",
    "send JSON, with `Content-Type: application/json`",
)
TOO_LARGE = Denied(
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "body_too_large",
    f"a body may have {MOST_BODY} bytes here",
)

TOO_SLOW = Denied(HTTPStatus.REQUEST_TIMEOUT, "body_too_slow", f"a body may take {BODY_SECONDS:g} s here")

# For OpenAPI alone: what is decided, is decided by the guard on the bytes of every Authorization header.
_OPERATOR = HTTPBearer(
    scheme_name="operator", description="The operator's token, GATEWAY_TOKEN: reads and changes.", auto_error=False
)
_READER = HTTPBearer(
    scheme_name="reader", description="The read-only token, GATEWAY_READ_TOKEN: reads.", auto_error=False
)
_SESSION = APIKeyCookie(
    name=COOKIE, scheme_name="session", description="What `POST /session` gives a browser: reads.", auto_error=False
)


def allow(access: Access) -> Any:
    """A dependency that lets a request through, or refuses it with the guard's words."""
    return Depends({Access.OPEN: _open, Access.READ: _read, Access.CHANGE: _change}[access])


# Coroutines, so that a stranger costs no thread.


async def _open(request: Request) -> None:
    require(request, Access.OPEN)


async def _read(
    request: Request,
    _operator: Annotated[object, Security(_OPERATOR)] = None,
    _reader: Annotated[object, Security(_READER)] = None,
    _session: Annotated[object, Security(_SESSION)] = None,
) -> None:
    require(request, Access.READ)


async def _change(request: Request, _operator: Annotated[object, Security(_OPERATOR)] = None) -> None:
    require(request, Access.CHANGE)


def require(request: Request, access: Access) -> None:
    """Raise Refused unless the caller has that access."""
    console = console_of(request)
    denied = console.guard.deny(access, request.headers.raw, session_of(request))
    if denied is None and access is Access.CHANGE:
        denied = console.guard.foreign(request.headers.raw)
    if denied is not None:
        raise Refused(denied)


def may_read(request: Request) -> bool:
    """Whether the caller may read what the console shows."""
    return console_of(request).guard.deny(Access.READ, request.headers.raw, session_of(request)) is None


def session_of(request: Request) -> Role | None:
    """What the request's cookie stands for."""
    return console_of(request).sessions.role_of(request.cookies.get(COOKIE))


def console_of(request: Request) -> Console:
    """The console that was asked; `create_console` put it there."""
    console: Console = request.app.state.console
    return console


class JsonRoute(APIRoute):
    """A route whose body is JSON of a bounded size, sent by a page of ours or by a program."""

    access = Access.OPEN

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, behind the decisions that need no body."""
        handler = super().get_route_handler()

        async def decide(request: Request) -> Response:
            require(request, self.access)
            if (denied := console_of(request).guard.foreign(request.headers.raw)) is not None:
                raise Refused(denied)
            if request.method == "POST" and not _is_json(request):
                raise Refused(NOT_JSON)
            body = await _bounded_body(request)

            async def again() -> Message:
                return {"type": "http.request", "body": body, "more_body": False}

            return await handler(Request(request.scope, again))

        return decide


class ChangingRoute(JsonRoute):
    """A JSON route that changes something: it needs the operator's token."""

    access = Access.CHANGE


def _is_json(request: Request) -> bool:
    """Forms and plain text are what a page of another site can send without being asked."""
    given = request.headers.getlist("content-type")
    return len(given) == 1 and given[0].partition(";")[0].strip().lower() == "application/json"


async def _bounded_body(request: Request) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST_BODY:
                    raise Refused(TOO_LARGE)
    except TimeoutError:
        raise Refused(TOO_SLOW) from None
    return bytes(body)
