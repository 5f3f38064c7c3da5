"""How far the migration is, and what needs a person now."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.console.views.attention import Attention
from gateway.console.views.chart import TotalCharts
from gateway.console.views.concerns import concerns
from gateway.console.views.flip import FlipView
from gateway.console.views.map import WorkerView, worker_views
from gateway.console.views.picture import Picture
from gateway.console.views.row import RouteRow
from gateway.exchange import Side
from gateway.parity.gate import GateState
from gateway.routing.mode import Mode


@dataclass(frozen=True, slots=True)
class Rung:
    """The routes on one rung of the ladder, the default route not among them."""

    mode: Mode
    routes: int
    route_share: float
    rate: float | None
    """Requests a second of these routes; the default route's are in `Overview.default_rate`."""
    traffic_share: float | None
    """Of all traffic, the default route's included; None while there is none or it is not known."""


@dataclass(frozen=True, slots=True)
class Gates:
    """What the gate says of the routes that are compared."""

    ready: int
    not_ready: int
    inconclusive: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The first page."""

    at: float
    """When it was so."""
    version: int
    """Grows when anything on any page may have changed."""
    path: str
    revision: str
    force: str | None
    """The side that everything is sent to by the kill switch; None: the map decides."""
    ready: bool
    checks: tuple[tuple[str, str], ...]
    """Name and `ok`, or what is wrong in a sentence."""
    workers: tuple[WorkerView, ...]
    converged: bool
    rungs: tuple[Rung, ...]
    """In the order of the ladder."""
    routes: int
    """Of the map, without the default route."""
    migrated: float
    """Share of the routes that v2 answers alone."""
    default_mode: Mode
    default_rate: float | None
    legacy_rate: float | None
    """Requests a second over the last minute or so."""
    v2_rate: float | None
    v2_share: float | None
    """Share of the requests that v2 answered."""
    gates: Gates
    mismatches: int
    """Of all current epochs."""
    attention: tuple[Attention, ...]
    """The most urgent first; what the migration waits for comes last."""
    last_flip: FlipView | None
    charts: TotalCharts
    evidence: str
    """`ok`, or why the evidence cannot be read."""


def overview(picture: Picture, charts: TotalCharts) -> Overview:
    """The first page of a picture."""
    *rows, default = picture.rows
    legacy, v2 = (picture.traffic.side(side) for side in Side)
    total = None if legacy is None or v2 is None else legacy + v2
    modes = Counter(row.mode for row in rows)
    gates = Counter(row.gate for row in picture.rows)
    return Overview(
        at=picture.at,
        version=picture.version,
        path=str(picture.loaded.path),
        revision=picture.revision,
        force=picture.force,
        ready=picture.ready,
        checks=tuple(picture.checks.items()),
        workers=worker_views(picture.workers),
        converged=picture.converged,
        rungs=tuple(_rung(mode, rows, total) for mode in Mode),
        routes=len(rows),
        migrated=modes[Mode.V2] / len(rows) if rows else 0.0,
        default_mode=default.mode,
        default_rate=default.rate,
        legacy_rate=legacy,
        v2_rate=v2,
        v2_share=v2 / total if total and v2 is not None else None,
        gates=Gates(gates[GateState.READY], gates[GateState.NOT_READY], gates[GateState.INCONCLUSIVE]),
        mismatches=sum(row.mismatches for row in picture.rows),
        attention=concerns(picture, datetime.fromtimestamp(picture.at, UTC).date()),
        last_flip=picture.flips[0] if picture.flips else None,
        charts=charts,
        evidence=picture.evidence,
    )


def _rung(mode: Mode, rows: list[RouteRow], total: float | None) -> Rung:
    mine = [row for row in rows if row.mode is mode]
    rate = None if total is None else sum(row.rate or 0.0 for row in mine)
    share = rate / total if total and rate is not None else None
    return Rung(mode, len(mine), len(mine) / len(rows) if rows else 0.0, rate, share)
