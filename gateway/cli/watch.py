"""`gateway watch`: the console's first page and its list of routes, live in the terminal."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.options import DEFAULT_MAP, Json, MapFile
from gateway.cli.render import Output
from gateway.routing.mode import Mode

if TYPE_CHECKING:
    from rich.console import Group

    from gateway.cli.watching.frame import Frame
    from gateway.cli.watching.watcher import Watcher
    from gateway.console.views.routes import RoutesQuery

UNREACHABLE = 3
EVERY_ROUTE = 1_000_000
SORTS = ("worst", "map", "id", "traffic", "parity", "bound", "mismatches", "gate", "mode", "legacy_p95", "v2_p95")
GATES = ("ready", "not_ready", "inconclusive")


def watch(
    *,
    interval: Annotated[
        float, typer.Option("--interval", metavar="SECONDS", min=0.1, max=3600, help="Seconds between two looks.")
    ] = 2.0,
    once: Annotated[bool, typer.Option("--once", help="Look for one interval, print that, and leave.")] = False,
    sort: Annotated[
        str, typer.Option("--sort", metavar="ORDER", help=f"What comes first: {', '.join(SORTS)}.")
    ] = "worst",
    reverse: Annotated[bool, typer.Option("--reverse", help="The other end of the order first.")] = False,
    find: Annotated[
        str, typer.Option("--find", metavar="TEXT", help="Only routes with these words in their id or path.")
    ] = "",
    mode: Annotated[Mode | None, typer.Option("--mode", metavar="MODE", help="Only routes in this mode.")] = None,
    gate: Annotated[
        str, typer.Option("--gate", metavar="STATE", help=f"Only routes of which the gate says: {', '.join(GATES)}.")
    ] = "",
    cause: Annotated[str, typer.Option("--cause", metavar="CAUSE", help="Only routes with this cause.")] = "",
    map_file: MapFile = DEFAULT_MAP,
    as_json: Json = False,
) -> None:
    """Show how the migration is, what needs a person, and every route, as the console does.

    Until Ctrl-C. With --once (or --json, which prints one document) it exits 3 when no gateway answers for this map.
    """
    from gateway.cli.watching.watcher import Watcher  # noqa: PLC0415  help must be quick

    asked = _asked(sort, gate, reverse=reverse, find=find, mode=mode, cause=cause)
    watcher, output = Watcher(map_file, asked, dict(os.environ), _clock), Output()
    try:
        if once or as_json:
            frame = _look(watcher, interval)
            if as_json:
                output.json(frame.document())
            else:
                output.draw(_drawn(frame, output, EVERY_ROUTE))
            raise typer.Exit(0 if frame.console else UNREACHABLE)
        _stay(watcher, interval, output)
    finally:
        watcher.close()


def _asked(sort: str, gate: str, *, reverse: bool, find: str, mode: Mode | None, cause: str) -> RoutesQuery:
    from gateway.console.views.routes import Order, RoutesQuery, Sort, first_order  # noqa: PLC0415  help must be quick
    from gateway.parity.gate import GateState  # noqa: PLC0415  the same

    if sort not in SORTS:
        raise typer.BadParameter(f"{sort!r} is none of {', '.join(SORTS)}", param_hint="--sort")
    if gate not in {"", *GATES}:
        raise typer.BadParameter(f"{gate!r} is none of {', '.join(GATES)}", param_hint="--gate")
    first = first_order(Sort(sort))
    other = Order.ASCENDING if first is Order.DESCENDING else Order.DESCENDING
    return RoutesQuery(
        q=find,
        mode=mode,
        state=GateState(gate) if gate else None,
        cause=cause,
        sort=Sort(sort),
        order=other if reverse else first,
    )


def _clock() -> str:
    return datetime.now(UTC).strftime("%H:%M:%SZ")


def _look(watcher: Watcher, interval: float) -> Frame:
    """One frame. A console that nobody looks at makes a picture a minute, so it is looked at twice."""
    frame = watcher.frame(EVERY_ROUTE)
    if frame.console is None:
        return frame
    time.sleep(interval)
    return watcher.frame(EVERY_ROUTE)


def _stay(watcher: Watcher, interval: float, output: Output) -> None:
    """Frame after frame: in place on a terminal, one below the other elsewhere."""
    if not output.is_terminal:
        while True:
            output.draw(_drawn(watcher.frame(EVERY_ROUTE), output, EVERY_ROUTE))
            output.data()
            time.sleep(interval)
    with output.live() as live:
        while True:
            live.update(_drawn(watcher.frame(output.height), output, output.height), refresh=True)
            time.sleep(interval)


def _drawn(frame: Frame, output: Output, lines: int) -> Group:
    from gateway.cli.watching.screen import screen, sheet  # noqa: PLC0415  help must be quick

    return screen(frame, output.width, lines) if output.is_terminal else sheet(frame)
