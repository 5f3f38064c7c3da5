"""Reads for every page and endpoint: a picture that is there already, and what the store has beside it."""

from __future__ import annotations

from contextlib import suppress

from gateway.console.evidence_source import EvidenceSource
from gateway.console.flip_book import FlipBook
from gateway.console.map_book import MapBook
from gateway.console.observer import Observer
from gateway.console.views.bounds import hours_of, text_of
from gateway.console.views.cause import Causes
from gateway.console.views.chart import TOTAL_KEYS, RouteCharts, Span, TotalCharts, route_charts, span_of, total_charts
from gateway.console.views.map import MapPage, map_page
from gateway.console.views.mismatch import MismatchPage, mismatch_page
from gateway.console.views.mismatches import (
    MismatchesPage,
    MismatchesQuery,
    cause_counts,
    group_query,
    mismatches_page,
    summed,
    understood,
)
from gateway.console.views.overview import Overview, overview
from gateway.console.views.picture import Picture
from gateway.console.views.reader import HOURS
from gateway.console.views.route import RoutePage
from gateway.console.views.route_page import RouteEvidence, route_page
from gateway.console.views.routes import RoutesPage, RoutesQuery, routes_page
from gateway.errors import EvidenceError, SampleUnknown
from gateway.evidence.history import Period
from gateway.evidence.store import EvidenceStore, Group, GroupQuery
from gateway.mapfile.lookup import require_route
from gateway.parity.noise import NoiseBook

GROUPS = 10
"""Groups of mismatches on a route's page."""
FLIPS = 50
"""Flips on a route's page."""


class PageReader:
    """A `views.reader.Reader`. `front_door` is where a request would be asked again: `http://host:port`."""

    def __init__(
        self, observer: Observer, source: EvidenceSource, flips: FlipBook, book: MapBook, *, front_door: str
    ) -> None:
        self._observer = observer
        self._source = source
        self._flips = flips
        self._book = book
        self._front_door = front_door
        self._causes = Causes()

    @property
    def version(self) -> int:
        """Grows when anything on any page may have changed."""
        return self._observer.version

    @property
    def latest(self) -> Picture | None:
        """The latest picture, without waiting for one."""
        return self._observer.latest

    def start(self) -> None:
        """Begin to observe."""
        self._observer.start()

    def stop(self, seconds: float) -> None:
        """End within `seconds`."""
        self._observer.stop(seconds)

    def look(self) -> None:
        """Somebody looks on."""
        self._observer.look()

    def overview(self, hours: float = HOURS) -> Overview:
        """The first page."""
        picture = self._observer.picture()
        return overview(picture, self._total_charts(picture, hours))

    def routes(self, query: RoutesQuery) -> RoutesPage:
        """A page of the list of routes."""
        return routes_page(self._observer.picture(), query)

    def route(self, route_id: str, hours: float = HOURS) -> RoutePage:
        """One route."""
        picture = self._observer.picture()
        require_route(picture.loaded, route_id)
        row = next(row for row in picture.rows if row.id == route_id)
        groups: tuple[Group, ...] = ()
        noise = NoiseBook()
        with suppress(EvidenceError), self._source.reading() as store:  # the picture says why it is missing
            noise = _noise(store, route_id)
            if row.mismatches:
                epochs = {route_id: picture.judged[route_id].epoch}
                groups = store.groups(GroupQuery(route_id, epochs, limit=GROUPS)).groups
        flips = [flip for flip in self._flips.latest() if flip.route == route_id][:FLIPS]
        charts = self._route_charts(picture, route_id, hours)
        return route_page(picture, row, RouteEvidence(groups, noise, flips, charts), self._causes)

    def history(self, hours: float = HOURS) -> TotalCharts:
        """Everything over time."""
        return self._total_charts(self._observer.picture(), hours)

    def route_history(self, route_id: str, hours: float = HOURS) -> RouteCharts:
        """One route over time."""
        picture = self._observer.picture()
        require_route(picture.loaded, route_id)
        return self._route_charts(picture, route_id, hours)

    def mismatches(self, query: MismatchesQuery) -> MismatchesPage:
        """A page of the groups of mismatches."""
        picture = self._observer.picture()
        query = understood(query)
        if query.route and not query.everything:
            require_route(picture.loaded, query.route)
        with self._source.reading() as store:
            found = store.groups(group_query(picture, query))
            causes = cause_counts(store.causes(query.route or None)) if query.everything else None
        if causes is None:
            causes = summed(picture.causes if not query.route else {"": picture.causes.get(query.route, ())})
        return mismatches_page(picture, query, found, causes, self._causes)

    def mismatch(self, sample_id: str) -> MismatchPage:
        """One kept mismatch."""
        picture = self._observer.picture()
        with self._source.reading() as store:
            sample = store.get(text_of(sample_id))
            group = None if sample is None else store.group_of(sample.id)
        if sample is None:
            raise SampleUnknown("the evidence has no such mismatch: it never had, or it was let go to make room")
        return mismatch_page(sample, group, picture, self._causes, self._front_door)

    def map(self) -> MapPage:
        """The map's file."""
        return map_page(self._observer.picture(), self._book.refused())

    def _total_charts(self, picture: Picture, hours: float) -> TotalCharts:
        span, periods = self._periods(picture, TOTAL_KEYS, hours)
        return total_charts(periods, span, picture.at)

    def _route_charts(self, picture: Picture, route_id: str, hours: float) -> RouteCharts:
        span, periods = self._periods(picture, (route_id,), hours)
        return route_charts(periods, span, picture.at)

    def _periods(self, picture: Picture, keys: tuple[str, ...], hours: float) -> tuple[Span, list[Period]]:
        asked = hours_of(hours, HOURS)
        periods: list[Period] = []
        span = span_of(picture.at, asked, None)
        with suppress(EvidenceError), self._source.history() as store:  # the picture says why it is missing
            span = span_of(picture.at, asked, store.hours_until())
            periods = store.history(keys, since=span.since, step=span.step)
        return span, periods


def _noise(store: EvidenceStore, route_id: str) -> NoiseBook:
    learned = store.noise(route_id)
    with suppress(ValueError):  # another release's: it is learned again
        return NoiseBook() if learned is None else NoiseBook.from_json(learned)
    return NoiseBook()
