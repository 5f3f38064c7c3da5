"""What probes and scrapers ask: `/healthz`, `/readyz`, `/metrics`."""

from __future__ import annotations

import os
import time

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from gateway.console.access import allow, may_read
from gateway.console.auth import Access
from gateway.console.context import Console
from gateway.console.failing import ANYWHERE, READING, failing
from gateway.console.told import Alive, Ready
from gateway.console.views import readiness_view


def health_router(console: Console) -> APIRouter:
    """The endpoints."""
    router = APIRouter(tags=["health"], responses=failing(*ANYWHERE))
    started = time.monotonic()

    @router.head("/healthz", include_in_schema=False)
    @router.get("/healthz", dependencies=[allow(Access.OPEN)])
    async def health() -> Alive:
        """Whether the process runs: 200 while it does."""
        return Alive(pid=os.getpid(), seconds=round(time.monotonic() - started, 3))

    # Not `async`: a supervisor asks its workers, and one that is stuck takes a second to be silent.
    @router.head("/readyz", include_in_schema=False)
    @router.get(
        "/readyz",
        dependencies=[allow(Access.OPEN)],
        response_model=Ready,
        responses={503: {"model": Ready, "description": "Traffic may not come."}},
    )
    def readiness(request: Request) -> JSONResponse:
        """Whether traffic may come: 200, or 503 with the checks that failed."""
        state = console.operated.readiness()
        view = readiness_view(state, details=may_read(request))
        return JSONResponse(view, status_code=200 if state.ready else 503)

    # Not `async`: a scrape of 1,000 routes takes 100 ms, and health is asked on this loop meanwhile.
    @router.get(
        "/metrics",
        dependencies=[allow(Access.READ)],
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **failing(*READING)},
    )
    def metrics() -> Response:
        """Every metric, in Prometheus' text format."""
        return Response(generate_latest(console.operated.registry), media_type=CONTENT_TYPE_LATEST)

    return router
