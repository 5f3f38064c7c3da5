"""Small things of the site: robots, the theme, and an error on purpose."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from starlette.responses import PlainTextResponse, Response

from gateway.compat.wire.redirects import redirect
from v2.kept import PEOPLE
from v2.pages.rendering import THEMES
from v2.pages.targets import local_target
from v2.wire import Args

router = APIRouter(route_class=PEOPLE)

YEAR = 365 * 24 * 3600


@router.get("/robots.txt")
async def robots() -> PlainTextResponse:
    """Nobody is invited."""
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


@router.get("/theme/{name}")
async def theme(name: str, args: Args) -> Response:
    """Choose light or dark, and go back to where the choice was made."""
    if name not in THEMES:
        raise HTTPException(404)
    response = redirect(local_target(args.text("next")) or "/")
    response.set_cookie("theme", name, max_age=YEAR, samesite="Lax")  # type: ignore[arg-type]  # as it is spelt here
    return response


@router.get("/debug/error")
@router.get("/api/debug/error")
async def error() -> None:
    """Fail, to see that alerts arrive."""
    raise RuntimeError("This error is raised on purpose, to see that alerts arrive.")
