"""The application factory: `uvicorn --factory v2.main:create_app`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI

from gateway.compat.legacy import bind
from v2 import (
    accounts,
    content,
    employees,
    errors,
    events,
    exports,
    files,
    health,
    jobs,
    only,
    pages,
    records,
)
from v2.house import House
from v2.resources import open_resources
from v2.settings import Settings
from v2.wire import JSON

AREAS = (employees, accounts, content, health, records, jobs, files, exports, events, pages, only)


def create_app(settings: Settings | None = None, *, before: APIRouter | None = None) -> FastAPI:
    """The rewrite. `settings` are those of the environment unless given; the routes of `before` win over its own."""
    settings = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_resources(settings) as app.state.resources:
            yield

    # gateway: ignore[app.validation-422] only routes of v2/planted.py and v2/only.py validate by themselves
    app = FastAPI(
        title="Staff directory",
        lifespan=lifespan,
        default_response_class=JSON,
        # /docs and /openapi.json are the legacy application's own pages.
        docs_url="/v2/docs",
        openapi_url="/v2/openapi.json",
        redoc_url=None,
        # Flask redirects to a slash that its route has, never to one less.
        redirect_slashes=False,
    )
    errors.install(app)
    app.add_middleware(House, settings=settings)
    # Where a gateway hosts both, that is the very application that it serves; the setting is for v2 alone.
    bind(app, settings.legacy_app or None)
    if before is not None:
        app.include_router(before)
    for area in AREAS:
        app.include_router(area.router)
    return app
