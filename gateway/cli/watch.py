"""`gateway watch`: the routes of a running gateway, live in the terminal."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.options import DEFAULT_MAP, Json, MapFile
from gateway.cli.render import GATE_STYLES, MODE_STYLES, Output, table_of

if TYPE_CHECKING:
    from rich.table import Table

    from gateway.cli.watching.frame import Frame
    from gateway.cli.watching.watcher import Watcher

UNREACHABLE = 3
AROUND = 4
"""Lines of the terminal that are not rows: the heading, the status, and the prompt."""


def watch(
    *,
    interval: Annotated[
        float, typer.Option("--interval", metavar="SECONDS", min=0.1, max=3600, help="Seconds between two looks.")
    ] = 2.0,
    once: Annotated[bool, typer.Option("--once", help="Look for one interval, print that, and leave.")] = False,
    map_file: MapFile = DEFAULT_MAP,
    as_json: Json = False,
) -> None:
    """Show every route: its mode, requests a second of each side, parity, gate and most frequent cause.

    Until Ctrl-C. With --once (or --json, which prints one document) it exits 3 when no gateway answers for this map.
    """
    from gateway.cli.watching.watcher import Watcher  # noqa: PLC0415  help must be quick

    watcher, output = Watcher(map_file), Output()
    try:
        if once or as_json:
            frame = _look(watcher, interval)
            if as_json:
                output.json(frame.document())
            else:
                _print(frame, output)
            raise typer.Exit(0 if frame.console else UNREACHABLE)
        _stay(watcher, interval, output)
    finally:
        watcher.close()


def _look(watcher: Watcher, interval: float) -> Frame:
    """One frame with rates, which take two looks; there are none to wait for without a gateway."""
    frame = watcher.frame()
    if frame.console is None:
        return frame
    time.sleep(interval)
    return watcher.frame()


def _stay(watcher: Watcher, interval: float, output: Output) -> None:
    """Frame after frame: in place on a terminal, one below the other elsewhere."""
    if not output.is_terminal:
        while True:
            _print(watcher.frame(), output)
            output.data()
            time.sleep(interval)
    with output.live() as live:
        while True:
            live.update(_table(watcher.frame(), max(1, output.height - AROUND)), refresh=True)
            time.sleep(interval)


def _print(frame: Frame, output: Output) -> None:
    output.draw(_table(frame, len(frame.rows)))


def _table(frame: Frame, most: int) -> Table:
    from gateway.cli.watching.frame import COLUMNS  # noqa: PLC0415  help must be quick

    rows = frame.busiest(most)
    hidden = len(frame.rows) - len(rows)
    caption = f"{hidden} more routes; {frame.status}" if hidden else frame.status
    return table_of(COLUMNS, [row.cells for row in rows], {**MODE_STYLES, **GATE_STYLES}, caption)
