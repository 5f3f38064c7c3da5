"""The console's HTTP: health, readiness, metrics, the map.

| path | access | answer |
|---|---|---|
| `GET /` | read | what lives here |
| `GET /healthz` | open | 200 while the process runs |
| `GET /readyz` | open | 200, or 503 with the checks that failed |
| `GET /metrics` | read | Prometheus' text format |
| `GET /api/v1/map` | read | the map in force, its routes, each worker's revision |
| `POST /api/v1/reload` | change | 202; the map is read again |
"""

from __future__ import annotations

import os
import time
from http import HTTPStatus
from typing import Any

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from gateway.console.auth import Access, Denied, Guard
from gateway.console.hardening import Hardened
from gateway.console.pages import index
from gateway.console.views import Operated, map_view, readiness_view


class Refused(Exception):
    """Carries a denial from a dependency to its handler."""

    def __init__(self, denied: Denied) -> None:
        super().__init__(denied.error)
        self.denied = denied


def create_console(operated: Operated, guard: Guard) -> Hardened:
    """The console's ASGI application."""
    app = FastAPI(title="Gateway console", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_exception_handler(Refused, _refuse)
    started = time.monotonic()

    def allow(access: Access) -> Any:
        def check(request: Request) -> None:
            denied = guard.deny(access, request.headers.raw)
            if denied is not None:
                raise Refused(denied)

        return Depends(check)

    @app.get("/", dependencies=[allow(Access.READ)])
    async def home() -> HTMLResponse:
        return HTMLResponse(index(operated))

    @app.get("/healthz", dependencies=[allow(Access.OPEN)])
    async def health() -> dict[str, Any]:
        return {"status": "alive", "pid": os.getpid(), "seconds": round(time.monotonic() - started, 3)}

    @app.get("/readyz", dependencies=[allow(Access.OPEN)])
    async def readiness(request: Request) -> JSONResponse:
        state = operated.readiness()
        details = guard.loopback or guard.has_token(request.headers.raw)
        return JSONResponse(readiness_view(state, details=details), status_code=200 if state.ready else 503)

    # Not `async`: a scrape of 1,000 routes takes 100 ms, and health is asked on this loop meanwhile.
    @app.get("/metrics", dependencies=[allow(Access.READ)])
    def metrics() -> Response:
        return Response(generate_latest(operated.registry), media_type=CONTENT_TYPE_LATEST)

    @app.get("/api/v1/map", dependencies=[allow(Access.READ)])
    def current_map() -> dict[str, Any]:
        return map_view(operated)

    @app.post("/api/v1/reload", dependencies=[allow(Access.CHANGE)], status_code=202)
    def reload() -> dict[str, str]:
        operated.reload()
        return {"status": "reloading"}

    return Hardened(app)


async def _refuse(_request: Request, error: Exception) -> JSONResponse:
    denied = error.denied if isinstance(error, Refused) else None
    if denied is None:
        raise error
    headers = {"WWW-Authenticate": "Bearer"} if denied.status == HTTPStatus.UNAUTHORIZED else None
    return JSONResponse({"error": denied.error, "message": denied.message}, denied.status, headers)
