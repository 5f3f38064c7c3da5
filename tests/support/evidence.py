"""A store of evidence, filled as a gateway fills it: compared by the map's rules, redacted, tallied."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from gateway.evidence.opening import evidence_url, open_store
from gateway.evidence.record import Record
from gateway.evidence.redact import Redactor
from gateway.evidence.store import EvidenceStore
from gateway.evidence.take import SampleTaker
from gateway.exchange import Exchange, Headers, Observation, Outcome, Request, Response, Side
from gateway.judge import Judge
from gateway.mapfile.judging import judging_of
from gateway.mapfile.load import read_map
from gateway.parity.difference import Comparison

Lines = tuple[tuple[bytes, bytes], ...]


def answer(body: Any, status: int = 200, *more: tuple[bytes, bytes]) -> Response:
    """An answer with a JSON body, or with a page for text."""
    kind = b"text/html; charset=utf-8" if isinstance(body, str) else b"application/json"
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return Response(status, Headers(((b"content-type", kind), *more)), content)


class Evidence:
    """Takes exchanges for a map; `add` writes what was taken."""

    def __init__(self, map_path: Path) -> None:
        self._judge = Judge(offer=self._keep, take_sample=SampleTaker(Redactor(b"k" * 32)))
        self._map_path = map_path
        self._numbers = count(1)
        self._records: list[Record] = []
        self.load()

    def load(self) -> None:
        """Take the map as it is now."""
        self._loaded = read_map(self._map_path)
        self._judge.use((*self._loaded.routes, self._loaded.default), judging_of(self._loaded))

    def saw(
        self,
        route_id: str,
        legacy: Outcome,
        v2: Outcome,
        *,
        path: str = "/employee/1",
        query: bytes = b"",
        method: str = "GET",
        headers: Lines = (),
        body: bytes = b"",
        elapsed: tuple[float, float] = (0.010, 0.010),
    ) -> tuple[str, Comparison]:
        """One exchange; the id of its request, and what came of it."""
        route = self._loaded.by_id(route_id)
        assert route is not None
        request = Request(f"req-{next(self._numbers)}", method, path, query, Headers(headers), body)
        served, shadow = Observation(Side.LEGACY, legacy, elapsed[0]), Observation(Side.V2, v2, elapsed[1])
        exchange = Exchange(request, route_id, served, shadow)
        comparison = self._judge.compare(route, exchange)
        self._judge.keep(route, exchange, comparison)
        return request.id, comparison

    def saw_equal(self, route_id: str, number: int) -> None:
        """So many distinct requests on which both sides agree."""
        same = answer({"id": 1})
        for index in range(number):
            self.saw(route_id, same, same, path=f"/employee/{index}")

    def add_to(self, store: EvidenceStore) -> None:
        """Write what was seen."""
        store.add(self._records)
        self._records.clear()

    def write(self) -> None:
        """Write what was seen to the store beside the map."""
        with beside(self._map_path) as store:
            self.add_to(store)

    def _keep(self, record: Record) -> bool:
        self._records.append(record)
        return True


@contextmanager
def beside(map_path: Path) -> Iterator[EvidenceStore]:
    """The store that a gateway for this map opens."""
    url = evidence_url("", map_path)
    assert url is not None
    store = open_store(url, on_event=lambda name, sentence: None)
    try:
        yield store
    finally:
        store.close()
