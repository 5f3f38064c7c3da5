"""The columns of the table, and which of them a terminal has room for. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gateway.cli.render import percent
from gateway.console.views.row import RouteRow

GAP = 2
"""Blanks between two columns."""
ENOUGH = 24
"""Characters of a route's id for which other columns make room; the rest of a long one may be cut off."""


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, what a row has below it, and when it goes: the smallest number first, None never."""

    heading: str
    cell: Callable[[RouteRow], str]
    goes: int | None = None
    is_number: bool = False


def rate(value: float | None) -> str:
    """Requests a second; nothing that is more than none looks like none."""
    if value is None:
        return "-"
    if value >= 10 or value == 0:  # noqa: PLR2004  two digits are enough
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 0.1 else f"{max(value, 0.01):.2f}"  # noqa: PLR2004  the same


def _mode(row: RouteRow) -> str:
    return row.mode.value if row.percent is None else f"{row.mode.value} {row.percent:g} %"


def _cause(row: RouteRow) -> str:
    return f"{row.causes[0].name} ({row.causes[0].count:,})" if row.causes else ""


def _milliseconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds * 1000:,.0f}"


def _p95(row: RouteRow) -> str:
    if row.latency is None:
        return "-"
    sides = (row.latency.legacy, row.latency.v2)
    return " / ".join(_milliseconds(None if side is None else side.p95) for side in sides)


COLUMNS = (
    Column("ROUTE", lambda row: row.id),
    Column("MODE", _mode),
    Column("LEGACY/S", lambda row: rate(row.legacy_rate), 4, is_number=True),
    Column("V2/S", lambda row: rate(row.v2_rate), 5, is_number=True),
    Column("PARITY", lambda row: percent(row.parity), 8, is_number=True),
    Column("AT LEAST", lambda row: percent(row.lower_bound), 2, is_number=True),
    Column("GATE", lambda row: "-" if row.gate is None else row.gate.value),
    Column("DIFFER", lambda row: f"{row.mismatches:,}" if row.is_compared else "-", 7, is_number=True),
    Column("P95 MS", _p95, 1, is_number=True),
    Column("TOP CAUSE", _cause, 3),
)


def fitting(rows: Sequence[RouteRow], width: int) -> tuple[Column, ...]:
    """As many columns as `width` characters have room for; those that say least go first."""
    wanted = {column: _width(column, rows) for column in COLUMNS}
    going = iter(sorted((one for one in COLUMNS if one.goes is not None), key=lambda one: one.goes or 0))
    while _together(wanted) > width and (gone := next(going, None)) is not None:
        del wanted[gone]
    return tuple(wanted)


def _width(column: Column, rows: Sequence[RouteRow]) -> int:
    return max((len(column.heading), *(len(column.cell(row)) for row in rows)))


def _together(wanted: dict[Column, int]) -> int:
    """Characters of a line whose first column is as narrow as it may be."""
    first, *others = wanted.values()
    return min(first, ENOUGH) + sum(others) + GAP * len(others)
