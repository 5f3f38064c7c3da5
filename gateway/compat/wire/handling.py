"""What a route's handler does around FastAPI's: another request, another answer."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.wrappers import Request as FlaskRequest

from gateway.compat.wire.answer import ANSWERED, completed
from gateway.compat.wire.declared import Declarations
from gateway.compat.wire.refusals import Refused, is_json
from gateway.compat.wire.request import READ, WireRequest
from gateway.compat.wire.switches import SWITCHES

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def handling(handler: Handler, declarations: Declarations, switches: frozenset[str]) -> Handler:
    """FastAPI's handler with the switches around it. Raises Refused where a switch answers with an error."""
    reads, answers = bool(switches & READ), bool(switches & ANSWERED)
    checks = declarations.requires_json and "errors.unsupported_media_type" in switches
    if not (reads or answers or checks):
        return handler

    async def handle(request: Request) -> Response:
        if checks:
            _check_media_type(request)
        response = await handler(WireRequest(request, declarations, switches) if reads else request)
        return await completed(response, request, switches) if answers else response

    return handle


def _check_media_type(request: Request) -> None:
    if is_json(request.headers.get("content-type", "")):
        return
    SWITCHES["errors.unsupported_media_type"].applied()
    try:
        FlaskRequest({}).on_json_loading_failed(None)  # whose words are this version's
    except UnsupportedMediaType as error:
        raise Refused(error) from None
