"""What the API and the pages read from. Both ask the same, so they cannot say different things."""

from __future__ import annotations

from typing import Protocol

from gateway.console.views.chart import RouteCharts, TotalCharts
from gateway.console.views.map import MapPage
from gateway.console.views.mismatch import MismatchPage
from gateway.console.views.mismatches import MismatchesPage, MismatchesQuery
from gateway.console.views.overview import Overview
from gateway.console.views.picture import Picture
from gateway.console.views.route import RoutePage
from gateway.console.views.routes import RoutesPage, RoutesQuery

HOURS = 24.0
"""Hours that charts show unless they are asked for others."""


class Reader(Protocol):
    """Every method blocks, for some milliseconds: call it on a thread, never on a loop.

    `hours` and limits are brought within bounds, whatever they are. Each raises EvidenceError only where it cannot say
    anything without the evidence: the others say in `evidence` why it is missing.
    """

    @property
    def version(self) -> int:
        """Grows when anything on any page may have changed. Does not block."""

    @property
    def latest(self) -> Picture | None:
        """The latest picture, however old; None before the first. Does not block."""

    def look(self) -> None:
        """Somebody looks on, so pictures should be new for the next half minute. Does not block."""

    def overview(self, hours: float = HOURS) -> Overview:
        """The first page."""

    def routes(self, query: RoutesQuery) -> RoutesPage:
        """A page of the list of routes."""

    def route(self, route_id: str, hours: float = HOURS) -> RoutePage:
        """One route, the default route included. Raises RouteUnknown."""

    def history(self, hours: float = HOURS) -> TotalCharts:
        """Everything over time."""

    def route_history(self, route_id: str, hours: float = HOURS) -> RouteCharts:
        """One route over time. Raises RouteUnknown."""

    def mismatches(self, query: MismatchesQuery) -> MismatchesPage:
        """A page of the groups of mismatches. Raises RouteUnknown for a route that the map lacks, EvidenceError."""

    def mismatch(self, sample_id: str) -> MismatchPage:
        """One kept mismatch. Raises SampleUnknown, EvidenceError."""

    def map(self) -> MapPage:
        """The map's file."""
