"""Makes pictures: everything that pages are made of, as of now. What has not changed since the last one is kept.

For one thread at a time; it takes from a millisecond to some hundreds, for thousands of routes that all changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from gateway.console.counting import Counting
from gateway.console.evidence_source import Evidence
from gateway.console.flip_book import FlipBook
from gateway.console.map_book import MapBook
from gateway.console.usual import Usual
from gateway.console.views.cause import CauseCount
from gateway.console.views.mismatches import cause_counts
from gateway.console.views.operated import Observed
from gateway.console.views.picture import Picture
from gateway.console.views.row import Latency, RouteRow, paired_latency, row_of, served_latency
from gateway.errors import EvidenceError
from gateway.evidence.store import CauseTally, StratumTally
from gateway.exchange import Side
from gateway.judged import Judged, Judges
from gateway.mapfile.judging import Judging, judging_of
from gateway.mapfile.loaded import LoadedMap

Counts = Mapping[str, tuple[CauseCount, ...]]
_NOBODY = (0.0, 0.0)
"""Requests a second of a route that nobody asks for."""


class Painter:
    """`usual` is told of every minute by whoever counts them."""

    def __init__(
        self,
        operated: Observed,
        *,
        book: MapBook,
        flips: FlipBook,
        source: Evidence,
        counting: Counting,
        usual: Usual,
    ) -> None:
        self._operated = operated
        self._book = book
        self._flips = flips
        self._source = source
        self._counting = counting
        self._usual = usual
        self._judges = Judges()
        self._judging: tuple[LoadedMap, Mapping[str, Judging]] | None = None
        self._tallies: Sequence[StratumTally] = ()
        self._causes: tuple[Mapping[tuple[str, str], int], Counts] = ({}, {})
        self._latencies: dict[str, tuple[Judged, Latency | None]] = {}
        self._known: dict[str, tuple[Judged, object, tuple[CauseCount, ...], str, RouteRow]] = {}

    def paint(self, now: float) -> Picture:
        """The picture as of `now`, in seconds since 1970. Raises MapInvalid while there is no map at all."""
        workers, readiness = self._operated.workers(), self._operated.readiness()
        loaded = self._book.in_force(workers[0].revision if workers else "")
        self._book.look()
        self._counting.look()
        evidence = self._read_tallies()
        judged = self._judges.judge(loaded, self._tallies)
        causes, evidence = self._read_causes(judged, evidence)
        traffic = self._counting.traffic()
        return Picture(
            at=now,
            version=0,
            loaded=loaded,
            judging=self._judging_of(loaded),
            judged=judged,
            rows=self._rows(loaded, judged, traffic.rates, causes, evidence),
            causes=causes,
            traffic=traffic,
            spikes=self._usual.spikes(),
            breakers=tuple(sorted({route_id for worker in workers for route_id in worker.breakers})),
            workers=workers,
            ready=readiness.ready,
            checks=dict(readiness.checks),
            force=workers[0].force if workers else None,
            refused=self._book.refusal(),
            flips=self._flips.latest(),
            evidence=evidence,
        )

    def _read_tallies(self) -> str:
        """Read the counts; `ok`, or why not. What was known stays: it is better than nothing, and it is said."""
        try:
            with self._source.reading() as store:
                self._tallies = store.tallies()
        except EvidenceError as error:
            return str(error)
        return "ok"

    def _read_causes(self, judged: Mapping[str, Judged], evidence: str) -> tuple[Counts, str]:
        """What the mismatches of each current epoch are caused by, read again when there are more of them."""
        wanted = {(route_id, one.epoch): one.mismatches for route_id, one in judged.items() if one.mismatches}
        if wanted == self._causes[0] or evidence != "ok":
            return self._causes[1], evidence
        try:
            with self._source.reading() as store:
                tallies = store.causes() if wanted else []
        except EvidenceError as error:
            return self._causes[1], str(error)
        by_route: defaultdict[str, list[CauseTally]] = defaultdict(list)
        for tally in tallies:
            if (tally.route, tally.epoch) in wanted:
                by_route[tally.route].append(tally)
        before = self._causes[1]
        found: dict[str, tuple[CauseCount, ...]] = {}
        for route_id, mine in by_route.items():
            counts = cause_counts(mine)
            found[route_id] = before[route_id] if before.get(route_id) == counts else counts
        self._causes = (wanted, found)
        return found, evidence

    def _judging_of(self, loaded: LoadedMap) -> Mapping[str, Judging]:
        if self._judging is None or self._judging[0] is not loaded:
            self._judging = (loaded, judging_of(loaded))
        return self._judging[1]

    def _rows(
        self,
        loaded: LoadedMap,
        judged: Mapping[str, Judged],
        rates: Mapping[tuple[str, str], float] | None,
        causes: Counts,
        evidence: str,
    ) -> tuple[RouteRow, ...]:
        return tuple(
            self._row(one, rates, causes.get(route_id, ()), evidence, is_default=route_id == loaded.default.id)
            for route_id, one in judged.items()
        )

    def _row(
        self,
        one: Judged,
        rates: Mapping[tuple[str, str], float] | None,
        causes: tuple[CauseCount, ...],
        evidence: str,
        *,
        is_default: bool,
    ) -> RouteRow:
        """The row of a route; that of the last time, where nothing has changed and nobody asks for the route."""
        route_id = one.route.id
        traffic = None if rates is None else tuple(rates.get((route_id, side.value), 0.0) for side in Side)
        known = self._known.get(route_id)
        if known is not None and known[0] is one and known[1:4] == (traffic, causes, evidence) and traffic == _NOBODY:
            return known[4]
        latency = self._latency(one)
        row = row_of(one, rates=rates, latency=latency, causes=causes, evidence=evidence, is_default=is_default)
        self._known[route_id] = (one, traffic, causes, evidence, row)
        return row

    def _latency(self, one: Judged) -> Latency | None:
        """Of the same requests where there are any; reading it out of the buckets is most of a row's work."""
        known = self._latencies.get(one.route.id)
        if known is None or known[0] is not one:
            known = self._latencies[one.route.id] = (one, paired_latency(one))
        return known[1] or served_latency(self._counting.times, one.route.id)
