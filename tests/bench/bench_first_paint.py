"""How soon a person sees a page of the console, in Chromium, of a migration that is larger than most.

A real gateway with 2,000 routes and 100,000 mismatches in SQLite. Each page is opened several times by a browser that
has kept nothing. Printed are medians in milliseconds: until the server has begun to answer (`server`), until the first
text or picture is on the screen (`paint`, first contentful paint), and until everything is there (`load`); beside them
the slowest paint. What programs ask for is asked without a browser, and timed to its last byte. ROUTES takes another
number of routes.
"""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser

from tests.support.chromium import chromium
from tests.support.many import Size, fill, write_map
from tests.support.running import Running, running, write_site

SIZE = Size(routes=int(os.environ.get("ROUTES", "2000")), groups=10, mismatches=5)
TIMES = 7
PAGES = (
    "/",
    "/?hours=168",
    "/routes",
    "/routes?sort=mismatches",
    "/routes?q=route1&state=not_ready",
    "/routes/route77",
    "/mismatches",
    "/mismatches?route=route77",
    "/mismatches/route77-3-0",
    "/map",
    "/audit",
)
ASKED_BY_PROGRAMS = (
    "/metrics",
    "/api/v1/map",
    "/api/v1/routes?limit=200",
    "/api/v1/mismatches?everything=true",
    "/readyz",
)
MEASURE = """() => new Promise(resolve => {
    const navigation = performance.getEntriesByType("navigation")[0];
    const told = paint => resolve({
        server: navigation.responseStart - navigation.requestStart,
        paint: paint.startTime,
        load: navigation.loadEventEnd,
    });
    const known = performance.getEntriesByName("first-contentful-paint")[0];
    if (known) return told(known);
    new PerformanceObserver(list => {
        const found = list.getEntriesByName("first-contentful-paint")[0];
        if (found) told(found);
    }).observe({type: "paint", buffered: true});
})"""


def main() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        path = write_site(folder)
        write_map(path, SIZE.routes)
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("legacy.app:create_app()", "old:app").replace("v2.main:create_app()", "new:app"))
        began = time.perf_counter()
        fill(path, SIZE, time.time())
        print(f"{SIZE.routes:,} routes, {SIZE.total:,} mismatches: written in {time.perf_counter() - began:.0f} s")
        with running(folder) as gateway, chromium() as browser:
            opened(browser, gateway.console + "/")  # the first picture, and the browser's own beginning
            for page in PAGES:
                report(page, [opened(browser, gateway.console + page) for _ in range(TIMES)])
            for path in ASKED_BY_PROGRAMS:
                taken = [answered(gateway, path) for _ in range(TIMES)]
                print(f"{path:40} answer {statistics.median(taken):6.0f} ms, slowest {max(taken):6.0f}")


def answered(gateway: Running, path: str) -> float:
    """Milliseconds to the last byte."""
    began = time.perf_counter()
    assert gateway.http.get(gateway.console + path).status_code == 200, path
    return (time.perf_counter() - began) * 1000


def opened(browser: Browser, address: str) -> dict[str, float]:
    """What Chromium measured of one visit, in milliseconds."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    try:
        page = context.new_page()
        answer = page.goto(address, wait_until="load")
        assert answer is not None
        assert answer.status == 200, address
        measured: dict[str, Any] = page.evaluate(MEASURE)
        return measured
    finally:
        context.close()


def report(page: str, visits: list[dict[str, float]]) -> None:
    server, paint, load = (statistics.median(one[name] for one in visits) for name in ("server", "paint", "load"))
    slowest = max(one["paint"] for one in visits)
    print(f"{page:40} server {server:6.0f} ms, paint {paint:6.0f} ms, slowest {slowest:6.0f}, load {load:6.0f} ms")


if __name__ == "__main__":
    main()
