"""What the gateway counts. Counting is a look-up and a few additions; everything else happens at a scrape."""

from __future__ import annotations

import platform
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from threading import Lock

from prometheus_client import CollectorRegistry

from gateway.parity.difference import Comparison, Verdict
from gateway.routing.mode import Mode
from gateway.routing.route import DEFAULT_ROUTE_ID, Route
from gateway.telemetry import families
from gateway.telemetry.cells import Cells, Series
from gateway.telemetry.exposition import Exposition, Snapshot, merge
from gateway.telemetry.families import DURATION_BOUNDS, OVERHEAD_BOUNDS, Family
from gateway.telemetry.served import Served

Reading = Mapping[tuple[str, ...], float]
"""A gauge's values by label values; `{(): 3.0}` for a gauge without labels."""

_NOBODY = "none"
_DURATION_SUM = len(DURATION_BOUNDS) + 1
_OVERHEAD_SUM = len(OVERHEAD_BOUNDS) + 1


class Metrics:
    """The metrics of one process.

    `registry` is asked at a scrape. Counting methods are called on the door's loop, `compat_applied` on any thread.
    `cells` are given by a supervisor, so that what was counted outlives the process.
    """

    def __init__(self, registry: CollectorRegistry, cells: Cells | None = None) -> None:
        self._cells = Cells() if cells is None else cells
        self._values = self._cells.values
        self._served: dict[tuple[str, str, str, int], tuple[int, int]] = {}
        self._overhead = self._cell(families.OVERHEAD)
        self._shadow_depth = 0.0
        self._compat = Lock()
        build: Reading = {(_version(), platform.python_version()): 1.0}
        self._readings: dict[str, Callable[[], Reading]] = {
            families.BUILD.name: lambda: build,
            families.SHADOW_DEPTH.name: lambda: {(): self._shadow_depth},
        }
        registry.register(Exposition(self.snapshot))

    @property
    def cells(self) -> int:
        """The file that is counted in, for a `CellsReader` in this process."""
        return self._cells.descriptor

    # Counting

    def served(self, served: Served, /) -> None:
        """An answer went out, or its client left."""
        key = (served.route_id, served.side, served.mode, served.status // 100)
        found = self._served.get(key)
        if found is None:
            found = self._served[key] = self._series_of(*key)
        requests, durations = found
        values = self._values
        duration = served.duration
        overhead = duration - served.backend
        values[requests] += 1.0
        values[durations + bisect_left(DURATION_BOUNDS, duration)] += 1.0
        values[durations + _DURATION_SUM] += duration
        values[self._overhead + bisect_left(OVERHEAD_BOUNDS, overhead)] += 1.0
        values[self._overhead + _OVERHEAD_SUM] += overhead
        if served.fallback:
            self._count(families.FALLBACK, served.route_id, served.fallback)

    def rejected(self, reason: str, /) -> None:
        """A request was refused before any side was asked."""
        self._count(families.REJECTED, reason)

    def dropped_header(self, reason: str, /) -> None:
        """A request header was withheld from both sides."""
        self._count(families.DROPPED_HEADER, reason)

    def shadowed(self, route_id: str, outcome: str, elapsed: float, /) -> None:  # noqa: ARG002 # the recorder's shape; latency is compared with the exchange
        """A shadow request ended."""
        self._count(families.SHADOW, route_id, outcome)

    def shadow_dropped(self, route_id: str, reason: str, /) -> None:
        """A shadow request was not made."""
        self._count(families.SHADOW_DROPPED, route_id, reason)

    def shadow_depth(self, depth: int, /) -> None:
        """How many shadow requests wait or are under way."""
        self._shadow_depth = float(depth)

    def compared(self, route_id: str, comparison: Comparison, /) -> None:
        """Both answers of a request were compared; a mismatch counts once for each of its causes."""
        self._count(families.PARITY, route_id, comparison.verdict, comparison.stratum)
        if comparison.verdict is Verdict.MISMATCH:
            for cause in {difference.cause for difference in comparison.unexcused}:
                self._count(families.MISMATCH, route_id, cause)

    def map_reloaded(self, result: str, /) -> None:
        """The map was read again: `ok`, `invalid` or `unreadable`."""
        self._count(families.MAP_RELOAD, result)

    def compat_applied(self, switch: str, /) -> None:
        """V2 used a compat switch. On any thread: those of v2's loop and of its sync endpoints."""
        with self._compat:
            self._count(families.COMPAT, switch)

    # Gauges, read at a scrape

    def gauge(self, name: str, read: Callable[[], Reading]) -> None:
        """Ask `read` for the values of the gauge `name` at each scrape, on the scraping thread."""
        self._readings[families.FAMILIES[name].name] = read

    def bind(self, revision: str, routes: Iterable[Route]) -> None:
        """A table came into force: show its revision and rungs, and let the counters of its routes begin at zero.

        A histogram appears with the first request: 1,000 idle routes would make a scrape ten times as long.
        """
        known = tuple(routes)
        loaded = time.time()
        modes: Reading = {(route.id, route.mode.value): 1.0 for route in known}
        shares: Reading = {
            (route.id,): route.canary.share * 100 for route in known if route.canary and route.mode is Mode.CANARY
        }
        self.gauge(families.MAP_INFO.name, lambda: {(revision,): 1.0})
        self.gauge(families.MAP_SUCCESS.name, lambda: {(): loaded})
        self.gauge(families.ROUTE_MODE.name, lambda: modes)
        self.gauge(families.CANARY.name, lambda: shares)
        for route in known:
            side = "v2" if route.mode is Mode.V2 else "legacy"
            self._cell(families.REQUESTS, route.id, side, route.mode.value, "2xx")

    def gauges(self) -> list[tuple[Series, list[float]]]:
        """The gauges as they are now, in a form that can be sent to a supervisor and merged."""
        return [((name, labels), [value]) for name, read in self._readings.items() for labels, value in read().items()]

    def snapshot(self) -> Snapshot:
        """Everything, as of now."""
        return merge([self._cells.read(), self.gauges()])

    # Cells

    def _cell(self, family: Family, *labels: str) -> int:
        return self._cells.of(family.name, labels, family.width)

    def _count(self, family: Family, *labels: str) -> None:
        self._values[self._cell(family, *labels)] += 1.0

    def _series_of(self, route: str, side: str, mode: str, hundreds: int) -> tuple[int, int]:
        code_class = f"{hundreds}xx" if hundreds else _NOBODY
        requests = self._cell(families.REQUESTS, route or DEFAULT_ROUTE_ID, side or _NOBODY, mode, code_class)
        return requests, self._cell(families.DURATION, route or DEFAULT_ROUTE_ID, side or _NOBODY)


def _version() -> str:
    try:
        return version("flask-fastapi-gateway")
    except PackageNotFoundError:  # run from a source tree
        return "source"
