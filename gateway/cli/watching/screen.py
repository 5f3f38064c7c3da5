"""A frame, laid out for a terminal of any size, or for a pipe. Nothing is said by colour alone."""

from __future__ import annotations

from rich.console import Group
from rich.table import Table
from rich.text import Text

from gateway.cli.render import GATE_STYLES, MODE_STYLES, plural
from gateway.cli.watching.columns import COLUMNS, GAP, Column, fitting
from gateway.cli.watching.frame import Frame
from gateway.cli.watching.heading import Line, concerns, facts, flowed
from gateway.console.views.row import RouteRow
from gateway.evidence.exhibit.visible import visible

FEWEST = 3
"""Rows that concerns leave room for, whatever they are."""
ROOMY = 20
"""Lines of a terminal from which on no fact is cut off for the sake of the routes."""
_CONCERNED = 0.5
"""Of what the facts leave, how much concerns may take."""
_STYLES = {**MODE_STYLES, **GATE_STYLES}


def screen(frame: Frame, width: int, height: int) -> Group:
    """As many lines as a terminal has, without the last one, which is the prompt's."""
    lines = facts(frame)
    if height >= ROOMY:
        lines = [piece for line in lines for piece in flowed(line, width)]
    first = [_cut(line, width) for line in lines]
    left = height - len(first) - 4  # a blank, the headings, the status, the prompt
    pressing = concerns(frame.overview.attention, width, max(1, min(int(left * _CONCERNED), left - FEWEST)))
    room = max(1, left - len(pressing))
    rows = frame.rows[:room]
    table = _table(rows, fitting(rows, width), width)
    return Group(*first, *(_cut(line, width) for line in pressing), Text(), table, _cut(_status(frame, rows), width))


def sheet(frame: Frame) -> Group:
    """Everything, as wide as it is: for whatever reads a pipe."""
    lines = [Text(visible(line.text), style=line.style) for line in facts(frame)]
    pressing = concerns(frame.overview.attention, 10_000, 10_000)
    lines += [Text(visible(line.text), style=line.style) for line in pressing]
    return Group(*lines, Text(), _table(frame.rows, COLUMNS, None), Text(visible(_status(frame, frame.rows).text)))


def _cut(line: Line, width: int) -> Text:
    text = Text(visible(line.text), style=line.style, no_wrap=True, overflow="ellipsis")
    text.truncate(width, overflow="ellipsis")
    return text


def _status(frame: Frame, rows: tuple[RouteRow, ...]) -> Line:
    if not frame.found:
        return Line(f"none of {plural(frame.total, 'route')} is as asked for", "dim")
    of = f" of {frame.total}" if frame.found != frame.total else ""
    shown = plural(frame.found, "route") if len(rows) == frame.found else f"{len(rows)} of {frame.found} routes"
    return Line(f"{shown}{of if len(rows) == frame.found else ''}, the default route included", "dim")


def _table(rows: tuple[RouteRow, ...], columns: tuple[Column, ...], width: int | None) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, GAP, 0, 0), width=None)
    for column in columns:
        table.add_column(
            column.heading,
            justify="right" if column.is_number else "left",
            no_wrap=width is not None,
            overflow="ellipsis" if width is not None else "fold",
        )
    for row in rows:
        cells = (visible(column.cell(row)) for column in columns)
        table.add_row(*(Text(cell, style=_STYLES.get(cell.split(" ")[0], "")) for cell in cells))
    return table
