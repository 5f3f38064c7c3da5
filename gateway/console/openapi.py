"""The console's own description, for machines: `GET /api/v1/openapi.json`."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute

from gateway.console.access import allow
from gateway.console.auth import Access
from gateway.console.context import Console

TITLE = "Gateway console"
ABOUT = "Reading needs a token where the console is bound beyond loopback; changing needs the operator's everywhere."


def openapi_router(console: Console) -> APIRouter:
    """The endpoint. FastAPI's own would be open to everybody, and its pages load from elsewhere."""
    router = APIRouter(prefix="/api/v1", dependencies=[allow(Access.READ)], include_in_schema=False)

    @router.get("/openapi.json")
    def openapi(request: Request) -> dict[str, Any]:
        described: dict[str, Any] = request.app.openapi()
        return without_keys(described) if console.guard.loopback else described

    return router


def operation_id(route: APIRoute) -> str:
    """An endpoint's own name, which is what a client that is made of the description calls it."""
    return route.name


def without_keys(described: dict[str, Any]) -> dict[str, Any]:
    """The same, where whoever reaches the port may read: a token is an alternative, to nothing at all. Pure."""
    paths = {
        path: {method: _optional(operation) if method == "get" else operation for method, operation in methods.items()}
        for path, methods in described["paths"].items()
    }
    return {**described, "paths": paths}


def _optional(operation: dict[str, Any]) -> dict[str, Any]:
    keys = operation.get("security")
    return {**operation, "security": [{}, *keys]} if keys else operation
