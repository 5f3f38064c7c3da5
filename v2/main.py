"""The application factory: `uvicorn --factory v2.main:create_app`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from v2 import content, employees, errors, health, only, planted, tokens
from v2.house import House
from v2.resources import open_resources
from v2.settings import Settings
from v2.wire import JSON


def create_app(settings: Settings | None = None) -> FastAPI:
    """The rewrite. `settings` are those of the environment unless given."""
    settings = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_resources(settings) as app.state.resources:
            yield

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
    app.add_middleware(House, settings=settings)
    errors.install(app)
    tokens.install(app)
    # The first declared route wins here, not the most specific: /employees/search before anything that it could match.
    for router in (planted.router, employees.router, content.router, tokens.router, health.router, only.router):
        app.include_router(router)
    return app
