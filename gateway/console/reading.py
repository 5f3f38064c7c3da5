"""Reading: `GET /api/v1/...`, as JSON. Pages show what is answered here: both ask the same `Reader`.

Each blocks for some milliseconds, so each runs on a thread. Whatever a query says is brought within bounds; what cannot
be understood at all is a 422.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Path, Query, Response
from pydantic import TypeAdapter
from pydantic_core import to_json

from gateway.console.access import allow
from gateway.console.auth import Access
from gateway.console.context import Console
from gateway.console.failing import READING, failing
from gateway.console.failures import denial_of
from gateway.console.refusals import Refused
from gateway.console.told import MapInForce
from gateway.console.views import map_view
from gateway.console.views.chart import RouteCharts, TotalCharts
from gateway.console.views.map import MapPage
from gateway.console.views.mismatch import MismatchPage
from gateway.console.views.mismatches import MismatchesPage, MismatchesQuery
from gateway.console.views.overview import Overview
from gateway.console.views.reader import HOURS
from gateway.console.views.route import RoutePage
from gateway.console.views.routes import Order, RoutesPage, RoutesQuery, Sort
from gateway.errors import GatewayError
from gateway.parity.gate import GateState
from gateway.routing.mode import Mode

T = TypeVar("T")
Hours = Annotated[float, Query(description="Hours that charts go back, from 1 to a year.")]
Limit = Annotated[int, Query(description="Entries of a page, from 1 to 200; others are taken for the nearest.")]
Offset = Annotated[int, Query(description="Entries before the page; beyond the last one the page is empty.")]
Cause = Annotated[str, Query(description="Only with this cause, by its whole name: `json.datetime-format`.")]
RouteId = Annotated[str, Path(description="The route's id, or `__default__`: what answers when no route matches.")]
_THING = failing(404)


def reading_router(console: Console) -> APIRouter:
    """The endpoints."""
    router = APIRouter(
        prefix="/api/v1",
        tags=["reading"],
        dependencies=[allow(Access.READ)],
        responses=failing(*READING, 422, 503),
    )
    _add_lists(router, console)
    _add_things(router, console)
    return router


def _add_lists(router: APIRouter, console: Console) -> None:
    reader = console.reader
    routes_page, mismatches_page = _writer(RoutesPage), _writer(MismatchesPage)

    @router.get("/routes", response_model=RoutesPage)
    def routes(
        *,
        q: Annotated[str, Query(description="Only those with this in their id or path.")] = "",
        mode: Annotated[Mode | None, Query(description="Only those on this rung.")] = None,
        state: Annotated[GateState | None, Query(description="Only those of which the gate says this.")] = None,
        cause: Cause = "",
        sort: Sort = Sort.MAP,
        order: Order = Order.ASCENDING,
        limit: Limit = 50,
        offset: Offset = 0,
    ) -> Response:
        """Every route of the map, filtered, sorted, cut into pages."""
        return routes_page(lambda: reader.routes(RoutesQuery(q, mode, state, cause, sort, order, limit, offset)))

    @router.get("/mismatches", response_model=MismatchesPage, responses=_THING)
    def mismatches(
        *,
        route: Annotated[str, Query(description="Only of this route, by its id.")] = "",
        cause: Cause = "",
        field: Annotated[
            str, Query(description="Only at this place or below: `/items/*/at`, a header, `status`.")
        ] = "",
        everything: Annotated[bool, Query(description="Earlier epochs, too: before a flip or another rule.")] = False,
        limit: Limit = 50,
        offset: Offset = 0,
    ) -> Response:
        """What differs, by route, cause and place, the most frequent first."""
        asked = MismatchesQuery(route, cause, field, everything, limit, offset)
        return mismatches_page(lambda: reader.mismatches(asked))


def _add_things(router: APIRouter, console: Console) -> None:
    reader = console.reader
    first_page, one_route, one_mismatch = _writer(Overview), _writer(RoutePage), _writer(MismatchPage)
    total, of_route, file = _writer(TotalCharts), _writer(RouteCharts), _writer(MapPage)

    @router.get("/overview", response_model=Overview)
    def overview(hours: Hours = HOURS) -> Response:
        """How far the migration is, and what needs a person now."""
        return first_page(lambda: reader.overview(hours))

    @router.get("/history", response_model=TotalCharts)
    def history(hours: Hours = HOURS) -> Response:
        """Traffic by rung and by side, and parity, over time."""
        return total(lambda: reader.history(hours))

    @router.get("/routes/{route_id}", response_model=RoutePage, responses=_THING)
    def route(route_id: RouteId, hours: Hours = HOURS) -> Response:
        """Everything about one route."""
        return one_route(lambda: reader.route(route_id, hours))

    @router.get("/routes/{route_id}/history", response_model=RouteCharts, responses=_THING)
    def route_history(route_id: RouteId, hours: Hours = HOURS) -> Response:
        """Volume, parity and latency of one route over time."""
        return of_route(lambda: reader.route_history(route_id, hours))

    @router.get("/mismatches/{sample_id}", response_model=MismatchPage, responses=_THING)
    def mismatch(sample_id: Annotated[str, Path(description="As `samples` of a group lists it.")]) -> Response:
        """One kept mismatch: the request, both answers, where they differ and why."""
        return one_mismatch(lambda: reader.mismatch(sample_id))

    @router.get("/map", response_model=MapInForce)
    def current_map() -> Response:
        """The map in force, its routes, and each worker's revision."""
        return Response(to_json(map_view(console.operated)), media_type="application/json")

    @router.get("/map/text", response_model=MapPage)
    def map_text() -> Response:
        """The map's file line by line, and what is wrong with the version that was refused."""
        return file(reader.map)


def _writer(of: type[T]) -> Callable[[Callable[[], T]], Response]:
    """Asks, and writes the answer; what `of` is, is read once. FastAPI's own way would check it all again."""
    adapter = TypeAdapter(of)

    def answer(ask: Callable[[], T]) -> Response:
        try:
            value = ask()
        except GatewayError as error:
            raise Refused(denial_of(error)) from error
        return Response(adapter.dump_json(value), media_type="application/json")

    return answer
