"""How long a page of the console takes, of a migration that is larger than most.

2,000 routes and 100,000 mismatches in a real SQLite store. Every page and endpoint is asked 20 times; what is printed
is the first answer after the start, the median, the 95th percentile and the processor's share of the median, all in
milliseconds, and what it costs to make a new picture. All should stay under 200 ms, the very first picture apart.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from gateway.console.page_reader import PageReader
from gateway.console.views.routes import Order, RoutesQuery, Sort
from tests.support.console import Operated, client
from tests.support.many import Size, fill, write_map
from tests.support.reader import reader_of

SIZE = Size(routes=2_000, groups=10, mismatches=5)
TIMES = 20
PATHS = (
    "/api/v1/overview",
    "/api/v1/overview?hours=720",
    "/api/v1/routes?limit=200",
    "/api/v1/routes?limit=200&offset=1800",
    "/api/v1/routes?q=route1&state=not_ready&sort=mismatches&order=desc",
    "/api/v1/routes?cause=status.code&sort=v2_p95&order=desc",
    "/api/v1/routes/route77",
    "/api/v1/routes/route77/history?hours=720",
    "/api/v1/history",
    "/api/v1/mismatches?limit=200",
    "/api/v1/mismatches?limit=50&offset=19900",
    "/api/v1/mismatches?route=route77",
    "/api/v1/mismatches?cause=header.vary&field=/items/3/field2",
    "/api/v1/mismatches?everything=true",
    "/api/v1/mismatches/route77-3-0",
    "/api/v1/map",
    "/api/v1/map/text",
    "/api/v1/audit?limit=200",
    "/",
    "/routes",
    "/routes?limit=200&sort=mismatches&order=desc",
    "/routes/route77",
    "/mismatches",
    "/mismatches?limit=200",
    "/mismatches/route77-3-0",
    "/map",
    "/audit",
    "/metrics",
    "/readyz",
)


def main() -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "migration_map.yaml"
        write_map(path, SIZE.routes)
        began = time.perf_counter()
        url = fill(path, SIZE, time.time())
        print(f"{SIZE.routes:,} routes, {SIZE.total:,} mismatches: written in {time.perf_counter() - began:.0f} s")
        with reader_of(path, url) as reader:
            began = time.perf_counter()
            reader.overview()
            print(f"first picture, map read and every route judged: {time.perf_counter() - began:.2f} s")
            every_endpoint(reader)
            new_pictures(reader)
            every_order(reader)


def every_endpoint(reader: PageReader) -> None:
    operated = Operated(revisions=(reader.overview().revision,))

    async def ask_all() -> None:
        async with client(operated, reader=reader) as http:
            for path in PATHS:
                await _measure(path, lambda path=path: _ok(http, path))

    asyncio.run(ask_all())


def new_pictures(reader: PageReader) -> None:
    painter = reader._observer._painter
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        painter.paint(time.time())
        taken.append((time.perf_counter() - began) * 1000)
    print(f"a new picture, nothing changed: {statistics.median(taken):.1f} ms, slowest {max(taken):.1f}")


def every_order(reader: PageReader) -> None:
    for sort in Sort:
        began = time.perf_counter()
        reader.routes(RoutesQuery(sort=sort, order=Order.DESCENDING, limit=200))
        print(f"sorted by {sort:12} {(time.perf_counter() - began) * 1000:6.1f} ms")


async def _ok(http: httpx.AsyncClient, path: str) -> int:
    answer = await http.get(path)
    assert answer.status_code == 200, answer.text
    return len(answer.content)


async def _measure(name: str, ask: Callable[[], Awaitable[int]]) -> None:
    taken, worked, size = [], [], 0
    for _ in range(TIMES):
        began, busy = time.perf_counter(), time.process_time()
        size = await ask()
        taken.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - busy) * 1000)
    high = statistics.quantiles(taken, n=20)[-1]
    print(
        f"{name:75} first {taken[0]:6.1f}  p50 {statistics.median(taken):6.1f}  p95 {high:6.1f}  "
        f"of the processor {statistics.median(worked):6.1f}  {size / 1024:6.0f} KiB"
    )


if __name__ == "__main__":
    main()
