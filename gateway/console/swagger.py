"""`GET /api/v1/docs`: the API to read and to try, from files of this package alone. Nothing of it is inline."""

from __future__ import annotations

from functools import cache

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from gateway.console.access import allow
from gateway.console.auth import Access
from gateway.console.pages.assets import read_assets


def swagger_router() -> APIRouter:
    """The page. It asks `openapi.json` beside it, and the paths' own rules hold for whatever is tried from it."""
    router = APIRouter(prefix="/api/v1", dependencies=[allow(Access.READ)], include_in_schema=False)
    written = cache(lambda: page(read_assets().prefix))

    @router.get("/docs")
    def docs() -> HTMLResponse:
        return HTMLResponse(written())

    return router


def page(assets: str) -> str:
    """The page, with the path that the package's own files are under."""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The console's API</title>
<link rel="icon" href="{assets}/favicon.svg">
<link rel="stylesheet" href="{assets}/vendor/swagger-ui.css">
<script src="{assets}/vendor/swagger-ui-bundle.js" defer></script>
<script src="{assets}/swagger.js" defer></script>
</head>
<body>
<noscript>The API is described at <a href="openapi.json">openapi.json</a>; showing it here needs JavaScript.</noscript>
<div id="swagger"></div>
</body>
</html>
"""
