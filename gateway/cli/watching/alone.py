"""Frames without a gateway: what the map, its evidence and its audit log say, painted as the console paints it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from gateway.cli.watching.frame import Frame
from gateway.console.counting import Counting
from gateway.console.flip_book import FlipBook
from gateway.console.map_book import MapBook
from gateway.console.painter import Painter
from gateway.console.usual import Usual
from gateway.console.views.bounds import MOST
from gateway.console.views.chart import span_of, total_charts
from gateway.console.views.operated import Worker
from gateway.console.views.overview import overview
from gateway.console.views.picture import Picture
from gateway.console.views.routes import RoutesQuery, routes_page
from gateway.errors import EvidenceError, EvidenceUnavailable, MapInvalid
from gateway.evidence.opening import read_store
from gateway.evidence.store import EvidenceStore
from gateway.mapfile.force import read_force
from gateway.mapfile.load import parse_map, read_bytes, revision_of
from gateway.mapfile.loaded import LoadedMap
from gateway.state import Readiness


class _OnDisk:
    """A gateway that does not run, and would serve what is on disk."""

    def __init__(self, map_file: Path) -> None:
        self._map_file = map_file
        self._loaded: LoadedMap | None = None

    def readiness(self) -> Readiness:
        return Readiness(ready=False, checks={})

    def loaded(self) -> LoadedMap:
        """The map, or the last one that could be used. Raises MapInvalid when there has been none."""
        try:
            data = read_bytes(self._map_file)
            if self._loaded is None or revision_of(data) != self._loaded.revision:
                self._loaded = parse_map(data, self._map_file)
        except MapInvalid:
            if self._loaded is None:
                raise
        return self._loaded

    def workers(self) -> tuple[Worker, ...]:
        return ()


class _Reading:
    """The store, opened to be read: nothing is made, migrated or put aside."""

    def __init__(self, url: str | None) -> None:
        self._url = url
        self._store: EvidenceStore | None = None

    @contextmanager
    def reading(self) -> Iterator[EvidenceStore]:
        if self._url is None:
            raise EvidenceUnavailable("GATEWAY_EVIDENCE is off")
        if self._store is None:
            self._store = read_store(self._url)
        try:
            yield self._store
        except EvidenceError:
            self.close()
            raise

    def close(self) -> None:
        store, self._store = self._store, None
        if store is not None:
            with suppress(EvidenceError):
                store.close()


class FramesAlone:
    """Paints what `asked` wants of the list. `evidence` is the store's URL, None when nothing is kept."""

    def __init__(self, map_file: Path, evidence: str | None, asked: RoutesQuery) -> None:
        on_disk = _OnDisk(map_file)
        self._map_file = map_file
        self._asked = replace(asked, limit=MOST)
        self._source = _Reading(evidence)
        self._painter = Painter(
            on_disk,
            book=MapBook(map_file, on_disk),
            flips=FlipBook(map_file),
            source=self._source,
            counting=Counting((), clock=lambda: 0.0),  # nothing is counted, which is not the same as no traffic
            usual=Usual(),
        )

    def frame(self, most: int, trouble: str) -> Frame:
        """How it looks now, with `most` rows. Raises MapInvalid while there has been no map that can be used."""
        now = time.time()
        picture = self._forced(self._painter.paint(now))
        first = overview(picture, total_charts([], span_of(now, 1, None), now))
        page = routes_page(picture, self._asked)
        rows = list(page.rows)
        while len(rows) < min(most, page.found):
            rows += routes_page(picture, replace(self._asked, offset=len(rows))).rows
        return Frame(first, tuple(rows[:most]), page.found, page.total, console=None, trouble=trouble)

    def close(self) -> None:
        """Let go of the store."""
        self._source.close()

    def _forced(self, picture: Picture) -> Picture:
        """The switch is a file, so it is known without a gateway."""
        force = read_force(self._map_file)
        if force is None:
            return picture
        return replace(picture, force=force.side.value, checks={"force": force.sentence()})
