"""The description of the JSON interface: what clients' code was generated from, so it stays as it was.

`openapi.json` beside this file is what the legacy application wrote; v2's own is at `/v2/openapi.json`.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from v2.kept import PEOPLE
from v2.pages.rendering import Pages
from v2.wire import JSON

router = APIRouter(route_class=PEOPLE)


@cache
def description() -> dict[str, Any]:
    """OpenAPI 3.0.3."""
    read: dict[str, Any] = json.loads(Path(__file__).with_name("openapi.json").read_text(encoding="utf-8"))
    return read


@router.get("/openapi.json")
async def openapi() -> Response:
    """For machines."""
    return JSON(description())


@router.get("/docs")
async def docs(pages: Pages) -> Response:
    """For people."""
    return await pages.show("docs.html", spec=description())
