"""The page that legacy has for an error: by its own error handlers where it is bound, else Werkzeug's."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope
from werkzeug.exceptions import HTTPException, InternalServerError

from gateway.asgi import HOSTING
from gateway.compat.answer import LegacyAnswer, starlette_response
from gateway.compat.passage import passage_of
from gateway.compat.request import legacy_request
from gateway.compat.wire.environs import environ_of

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response as FlaskResponse


async def page_of(error: Exception, scope: Scope, *, late: bool = False) -> Response:
    """What legacy answers when a view of its raises `error`.

    Its handlers run in a thread, in a request context of the Flask application: the one of this request where `bind`
    was called, and then its session is saved; else one of their own, without a session to keep. They see no body.
    `late`: the request is past what `bind` put around it. A handler that fails is logged, and 500 is answered.
    """
    legacy: Flask | None = HOSTING.get().legacy
    environ = environ_of(scope)
    if legacy is None:
        return _plain(error, environ)
    try:
        if late or passage_of(scope) is None:
            answer = await run_in_threadpool(_in_a_context_of_its_own, legacy, error, environ)
        else:
            request = await legacy_request(Request(scope))
            request.writes = True  # a page may take flashed messages out of it
            answer = await request.run(lambda: _answered(legacy, error))
    except LegacyAnswer as refused:  # of the request itself, such as its host
        return starlette_response(refused.response, environ)
    except Exception:
        logging.getLogger("gateway.compat").exception("legacy has no page for %s: its own code fails", scope["path"])
        return _plain(InternalServerError(), environ)
    return starlette_response(answer, environ)


def _plain(error: Exception, environ: dict[str, Any]) -> Response:
    known = error if isinstance(error, HTTPException) else InternalServerError(original_exception=error)
    page: Any = known.get_response(environ)  # of the kind that has a body: there is an environ
    return starlette_response(page, environ)


def _in_a_context_of_its_own(legacy: Flask, error: Exception, environ: dict[str, Any]) -> FlaskResponse:
    with legacy.request_context(environ):
        return _answered(legacy, error)


def _answered(legacy: Flask, error: Exception) -> FlaskResponse:
    """What its handlers say; of an error in a handler what the one of 500 says, as Flask does."""
    try:
        return legacy.make_response(_handled(legacy, error))
    except Exception as failure:
        logging.getLogger("gateway.compat").exception("legacy's error handler failed")
        return legacy.make_response(legacy.handle_http_exception(InternalServerError(original_exception=failure)))


def _handled(legacy: Flask, error: Exception) -> Any:
    """As Flask asks: an extension may have put itself in front of `handle_user_exception`, as Flask-RESTX does."""
    try:
        try:
            raise error  # noqa: TRY301 - Flask raises on what is being handled
        except Exception:  # noqa: BLE001 - its handlers are asked about any
            return legacy.handle_user_exception(error)
    except Exception as unhandled:
        if unhandled is not error:
            raise
        return legacy.handle_http_exception(InternalServerError(original_exception=error))
