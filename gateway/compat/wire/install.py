"""The wire format for a whole application: `install(app, "json", "errors.pages")`."""

from __future__ import annotations

from fastapi import FastAPI, Request
from starlette.responses import Response

from gateway.compat.wire.error_page import page_of
from gateway.compat.wire.errors import handlers_of
from gateway.compat.wire.route import flask_route
from gateway.compat.wire.switches import SWITCHES, chosen


def install(app: FastAPI, *names: str) -> None:
    """Give the application these switches: its own routes from here on, and what no route answers.

    Call it before routes are declared on `app`. A router that is included has its own `route_class`. With
    `errors.pages`, an unknown path and an unhandled exception get legacy's page too, on every router.

    Raises ValueError for a name that is none.
    """
    switches = chosen(names)
    app.router.route_class = flask_route(*names)
    for kind, handler in handlers_of(switches, dict(app.exception_handlers)).items():
        app.add_exception_handler(kind, handler)
    if "errors.pages" in switches:
        app.add_exception_handler(Exception, _unhandled)


async def _unhandled(request: Request, error: Exception) -> Response:
    SWITCHES["errors.pages"].applied()
    return await page_of(error, request.scope, late=True)
