"""The console's ASGI application, put together from its routers.

| router | paths | access |
|---|---|---|
| health | `/healthz`, `/readyz`; `/metrics` | open; read |
| signin | `/session` | open |
| reading | `GET /api/v1/...` | read |
| trail | `GET /api/v1/audit` | read |
| events | `GET /events` | read |
| actions | `POST /api/v1/...` | change |
| openapi, swagger | `/api/v1/openapi.json`, `/api/v1/docs` | read |
| pages | everything else, for people | read |
"""

from __future__ import annotations

from fastapi import FastAPI

from gateway.console.actions import actions_router
from gateway.console.context import Console
from gateway.console.events import events_router
from gateway.console.hardening import Hardened
from gateway.console.health import health_router
from gateway.console.openapi import ABOUT, TITLE, openapi_router, operation_id
from gateway.console.pages import include_pages
from gateway.console.reading import reading_router
from gateway.console.refusals import answer_refusals
from gateway.console.signin import signin_router
from gateway.console.swagger import swagger_router
from gateway.console.trail import trail_router


def create_console(console: Console) -> Hardened:
    """The application. It is asked by `console.guard`'s rules only, and every answer is hardened."""
    app = FastAPI(
        title=TITLE,
        version="1",
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        generate_unique_id_function=operation_id,
    )
    app.state.console = console
    answer_refusals(app)
    app.include_router(health_router(console))
    app.include_router(signin_router(console))
    app.include_router(reading_router(console))
    app.include_router(trail_router(console))
    app.include_router(events_router(console))
    app.include_router(actions_router(console))
    app.include_router(openapi_router(console))
    app.include_router(swagger_router())
    include_pages(app, console)
    return Hardened(app, console.guard)
