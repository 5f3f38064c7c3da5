"""The pages: `GET` only, one function a page.

| path | page |
|---|---|
| `/` | the overview |
| `/routes`, `/routes/{id}` | every route; one of them |
| `/mismatches`, `/mismatches/{id}` | the groups; one kept mismatch |
| `/map`, `/audit` | the file; who did what |
| `/signin` | where a token is asked for, open |
| `/static/<hash>/...` | styles and scripts, open |

They show what the API answers: both ask the same `Reader`. Each blocks for some milliseconds, so each runs on a thread.
"""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from gateway.audit.log import AuditLog
from gateway.console.pages.asked import (
    PERIODS,
    hours,
    mismatches_chosen,
    mismatches_query,
    number,
    routes_chosen,
    routes_query,
)
from gateway.console.pages.assets import KEPT
from gateway.console.pages.page_route import page_route
from gateway.console.pages.pages import Pages
from gateway.console.pages.trail import audit_page

SUGGESTED = 300
"""Routes of a map up to which a field offers them all."""


def pages_router(pages: Pages) -> APIRouter:
    """Every page, and the files that pages need."""
    router = APIRouter(include_in_schema=False)
    router.include_router(_open_router(pages))
    router.include_router(_reading_router(pages))
    return router


def _open_router(pages: Pages) -> APIRouter:
    """What is there before anybody has signed in; nothing of it is the gateway's own."""
    router = APIRouter()

    @router.get("/signin")
    def sign_in(request: Request) -> Response:
        return pages.sign_in(request.query_params.get("next", "/"))

    @router.get("/static/{digest}/{name:path}")
    def static(digest: str, name: str) -> Response:
        asset = pages.assets.get(digest, name)
        if asset is None:
            return Response("there is no such file", HTTPStatus.NOT_FOUND, media_type="text/plain")
        return Response(asset.content, media_type=asset.media_type, headers={"Cache-Control": KEPT})

    return router


def _reading_router(pages: Pages) -> APIRouter:
    router = APIRouter(route_class=page_route(pages))
    reader = pages.console.reader

    @router.get("/")
    def overview(request: Request) -> Response:
        chosen = hours(request.query_params)
        return pages.show(
            request, "overview", "overview.html", page=reader.overview(chosen), hours=chosen, periods=PERIODS
        )

    @router.get("/routes")
    def routes(request: Request) -> Response:
        page = reader.routes(routes_query(request.query_params))
        return pages.show(request, "routes", "routes.html", page=page, chosen=routes_chosen(page.query))

    @router.get("/routes/{route_id}")
    def route(route_id: str, request: Request) -> Response:
        chosen = hours(request.query_params)
        page = reader.route(route_id, chosen)
        return pages.show(request, "routes", "route.html", page=page, hours=chosen, periods=PERIODS)

    @router.get("/mismatches")
    def mismatches(request: Request) -> Response:
        page = reader.mismatches(mismatches_query(request.query_params))
        known = [one["id"] for one in pages.console.operated.map_state()["routes"]]
        suggested = known if len(known) <= SUGGESTED else []
        chosen = mismatches_chosen(page.query)
        return pages.show(
            request,
            "mismatches",
            "mismatches.html",
            page=page,
            chosen=chosen,
            is_filtered=any(chosen.values()),
            route_ids=suggested,
        )

    @router.get("/mismatches/{sample_id}")
    def mismatch(sample_id: str, request: Request) -> Response:
        return pages.show(request, "mismatches", "mismatch.html", page=reader.mismatch(sample_id))

    @router.get("/map")
    def current_map(request: Request) -> Response:
        return pages.show(request, "map", "map.html", page=reader.map())

    @router.get("/audit")
    def audit(request: Request) -> Response:
        log = AuditLog(pages.console.map_path)
        before = number(request.query_params, "before", 0) or None
        page = audit_page(log.newest_first(), log.verify(), before)
        return pages.show(request, "audit", "audit.html", page=page, is_first=before is None)

    return router
