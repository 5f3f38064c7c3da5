"""A migration of many routes with many mismatches, written through the store's own door."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from gateway.evidence.history import MINUTE, Period, rung
from gateway.evidence.opening import evidence_url, open_store
from gateway.evidence.record import Record
from gateway.evidence.sample import Body, Sample, SampledRequest, SampledResponse
from gateway.judged import judge_all
from gateway.mapfile.load import read_map
from gateway.parity.difference import Difference, Kind, Part, Verdict

HEAD = (
    'version: 1\nbackends: {legacy: {wsgi: "legacy.app:create_app()"}, v2: {asgi: "v2.main:create_app()"}}\nroutes:\n'
)
MODES = ("shadow", "shadow", "canary", "v2")
CAUSES = ("json.datetime-format", "json.decimal", "header.vary", "status.code", "unexplained")
BATCH = 2_000


@dataclass(frozen=True)
class Size:
    """Each route has `groups` groups of `mismatches` mismatches, and `matches` requests that agree."""

    routes: int
    groups: int
    mismatches: int
    matches: int = 20
    minutes: int = 60
    """Minutes of history of every route."""

    @property
    def total(self) -> int:
        return self.routes * self.groups * self.mismatches


def write_map(path: Path, routes: int) -> None:
    """A map of so many routes; most are compared."""
    lines = [
        f"  - {{id: route{number}, path: /r{number}/<int:id>, methods: [GET], mode: {MODES[number % 4]}"
        + (", canary: {percent: 5}, shadow: {sample: 50%}}" if MODES[number % 4] == "canary" else "}")
        for number in range(routes)
    ]
    path.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")


def fill(path: Path, size: Size, now: float) -> str:
    """Fill the store beside the map; its URL."""
    url = evidence_url("", path)
    assert url is not None
    epochs = {route_id: one.epoch for route_id, one in judge_all(read_map(path), []).items()}
    store = open_store(url, on_event=lambda name, sentence: None)
    records = _records(epochs, size, now)
    while batch := list(islice(records, BATCH)):
        store.add(batch)
    start = int(now) - int(now) % MINUTE
    routes = [f"route{number}" for number in range(size.routes)]
    for back in range(1, size.minutes + 1):
        times = (0, 3, 5, 2, 1)
        store.add_history(
            [Period(key, start - back * MINUTE, MINUTE, 8, 3, 10, 1, times, times) for key in (*routes, *_RUNGS)]
        )
    for route in routes[::10]:
        store.save_noise(route, '{"samples": 100, "places": [["body", "/meta/at", 60, ["datetime"]]]}')
    store.close()
    return url


_RUNGS = ("*", *map(rung, ("legacy", "shadow", "canary", "v2")))


def _records(epochs: dict[str, str], size: Size, now: float) -> Iterator[Record]:
    for number in range(size.routes):
        route = f"route{number}"
        for match in range(size.matches):
            yield Record(now - match, route, epochs[route], "2xx", Verdict.MATCH, f"{match:016x}", 0.01, 0.02)
        for group in range(size.groups):
            for index in range(size.mismatches):
                yield _mismatch(route, epochs[route], group, index, now)


def _mismatch(route: str, epoch: str, group: int, index: int, now: float) -> Record:
    cause = CAUSES[group % len(CAUSES)]
    signature = f"{route}-{group}"
    time = now - 60.0 * group - index
    sample = _sample(route, epoch, signature, cause, time=time) if index == 0 else None
    return Record(
        time=time,
        route=route,
        epoch=epoch,
        stratum="2xx",
        verdict=Verdict.MISMATCH,
        shape=f"{group:08x}{index:08x}",
        legacy_elapsed=0.010 + index / 1000,
        v2_elapsed=0.012 + index / 1000,
        signature=signature,
        causes=(cause,),
        locations=(f"body /items/*/field{group}", "header etag"),
        sample=sample,
    )


def _sample(route: str, epoch: str, signature: str, cause: str, *, time: float) -> Sample:
    body = (
        '{"items": [' + ", ".join(f'{{"id": {n}, "at": "2026-01-{n % 28 + 1:02}"}}' for n in range(40)) + "]}"
    ).encode()
    differences = tuple(
        Difference(Part.BODY, f"/items/{number}/at", Kind.CHANGED, '"a"', '"b"', cause=cause) for number in range(5)
    )
    headers = (("content-type", "application/json"), ("etag", "abc"))
    return Sample(
        id=f"{signature}-0",
        time=time,
        route=route,
        epoch=epoch,
        stratum="2xx",
        signature=signature,
        causes=(cause,),
        differences=differences,
        request=SampledRequest("GET", f"/{route}/1", "a=1", (("host", "example.org"),), Body(b"", 0, "")),
        legacy=SampledResponse(200, headers, Body(body, len(body), "11")),
        v2=SampledResponse(200, headers, Body(body.replace(b"-01-", b"-02-"), len(body), "22")),
    )
