"""The list of routes: filtered, sorted, cut into pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from gateway.console.views.bounds import limit_of, offset_of, text_of
from gateway.console.views.picture import Picture
from gateway.console.views.row import RouteRow
from gateway.parity.gate import GateState
from gateway.routing.mode import Mode


class Sort(StrEnum):
    """What the list is ordered by. Ties keep the order of the map, and what is not known comes last."""

    WORST = "worst"
    """What needs a person first: breakers and spikes, then what the gate says, the mismatches, the traffic."""
    MAP = "map"
    """The order of the file, the default route last."""
    ID = "id"
    TRAFFIC = "traffic"
    PARITY = "parity"
    BOUND = "bound"
    MISMATCHES = "mismatches"
    GATE = "gate"
    """Worst first: not_ready, inconclusive, ready."""
    MODE = "mode"
    """In the order of the ladder."""
    LEGACY_P95 = "legacy_p95"
    V2_P95 = "v2_p95"


class Order(StrEnum):
    """Which end comes first."""

    ASCENDING = "asc"
    DESCENDING = "desc"


_LARGEST_IS_WORST = frozenset({Sort.TRAFFIC, Sort.MISMATCHES, Sort.LEGACY_P95, Sort.V2_P95})
"""What is largest where it is worst, or matters most."""


def first_order(sort: Sort) -> Order:
    """The order in which the worst comes first; of what is neither good nor bad, the usual one."""
    return Order.DESCENDING if sort in _LARGEST_IS_WORST else Order.ASCENDING


@dataclass(frozen=True, slots=True)
class RoutesQuery:
    """What is asked of the list; the defaults ask for its beginning."""

    q: str = ""
    """Any part of an id or a template, without regard to case; every word of it has to be found."""
    mode: Mode | None = None
    state: GateState | None = None
    cause: str = ""
    """The whole name of one of a route's causes."""
    sort: Sort = Sort.MAP
    order: Order = Order.ASCENDING
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, slots=True)
class RoutesPage:
    """One page of the list."""

    query: RoutesQuery
    """As it was understood: limits within bounds."""
    rows: tuple[RouteRow, ...]
    found: int
    """Routes that match, on every page."""
    total: int
    """Routes of the map, the default route included."""
    causes: tuple[str, ...]
    """Every cause that any route has at present, sorted: what `cause` may be."""
    revision: str
    version: int
    evidence: str
    """`ok`, or why the evidence cannot be read; parity is then not known."""


def routes_page(picture: Picture, asked: RoutesQuery) -> RoutesPage:
    """The page that was asked for."""
    query = replace(
        asked,
        q=text_of(asked.q),
        cause=text_of(asked.cause),
        limit=limit_of(asked.limit),
        offset=offset_of(asked.offset),
    )
    found = _sorted([row for row in picture.rows if _is_wanted(row, picture, query)], query, picture)
    return RoutesPage(
        query=query,
        rows=tuple(found[query.offset : query.offset + query.limit]),
        found=len(found),
        total=len(picture.rows),
        causes=tuple(sorted({cause.name for causes in picture.causes.values() for cause in causes})),
        revision=picture.revision,
        version=picture.version,
        evidence=picture.evidence,
    )


def _is_wanted(row: RouteRow, picture: Picture, query: RoutesQuery) -> bool:
    if query.mode is not None and row.mode is not query.mode:
        return False
    if query.state is not None and row.gate is not query.state:
        return False
    if query.cause and all(cause.name != query.cause for cause in picture.causes.get(row.id, ())):
        return False
    text = f"{row.id} {row.path}".lower()
    return all(word in text for word in query.q.lower().split())


_GATES = {state: place for place, state in enumerate((GateState.NOT_READY, GateState.INCONCLUSIVE, GateState.READY))}
_MODES = {mode: place for place, mode in enumerate(Mode)}


def _p95(row: RouteRow, side: str) -> float | None:
    quantiles = None if row.latency is None else getattr(row.latency, side)
    return None if quantiles is None else quantiles.p95


Key = Callable[[RouteRow], float | str | tuple[float, ...] | None]
_KEYS: dict[Sort, Key] = {
    Sort.ID: lambda row: row.id,
    Sort.TRAFFIC: lambda row: row.rate,
    Sort.PARITY: lambda row: row.parity,
    Sort.BOUND: lambda row: row.lower_bound,
    Sort.MISMATCHES: lambda row: row.mismatches,
    Sort.GATE: lambda row: None if row.gate is None else _GATES[row.gate],
    Sort.MODE: lambda row: _MODES[row.mode],
    Sort.LEGACY_P95: lambda row: _p95(row, "legacy"),
    Sort.V2_P95: lambda row: _p95(row, "v2"),
}


def _worst(picture: Picture) -> Key:
    pressing = {*picture.breakers, *(spike.route for spike in picture.spikes)}

    def key(row: RouteRow) -> tuple[float, ...]:
        gate = len(_GATES) if row.gate is None else _GATES[row.gate]
        return row.id not in pressing, gate, -row.mismatches, -(row.rate or 0.0)

    return key


def _sorted(rows: list[RouteRow], query: RoutesQuery, picture: Picture) -> list[RouteRow]:
    """In order; what is not known comes last either way."""
    descending = query.order is Order.DESCENDING
    key = _worst(picture) if query.sort is Sort.WORST else _KEYS.get(query.sort)
    if key is None:
        return rows[::-1] if descending else rows
    known = [(value, row) for row in rows if (value := key(row)) is not None]
    known.sort(key=lambda pair: pair[0], reverse=descending)  # stable, also in reverse
    return [row for _, row in known] + [row for row in rows if key(row) is None]
