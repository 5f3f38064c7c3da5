"""`gateway force legacy`: the kill switch. `gateway force off` lifts it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.live import change, wait_for
from gateway.cli.options import DEFAULT_MAP, MapFile, Quiet
from gateway.cli.render import Output, plural
from gateway.exchange import Side

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE = 2.0
"""Seconds that the switch waits for a running gateway; it is in force within one."""
UNREACHABLE = 3


class Wanted(StrEnum):
    """What the switch can be put to."""

    LEGACY = "legacy"
    OFF = "off"


def force(
    side: Annotated[Wanted, typer.Argument(metavar="SIDE", help="legacy, or off.")],
    *,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; needed for legacy.")] = "",
    map_file: MapFile = DEFAULT_MAP,
    quiet: Quiet = False,
) -> None:
    """Send every request to legacy, whatever the map says, or let the map decide again.

    In force on every worker within a second, and after a restart. It is a file beside the map (.gateway/force), so it
    needs no token, and works while the map is wrong or read-only.
    """
    from gateway.changes.force import set_force  # noqa: PLC0415  help must be quick
    from gateway.cli.who import site_of, typist  # noqa: PLC0415  the same

    output = Output(quiet=quiet)
    wanted = Side.LEGACY if side is Wanted.LEGACY else None
    if wanted is not None and not reason.strip():
        raise typer.BadParameter("legacy needs --reason TEXT; whoever finds the switch on reads it")
    try:
        forced = set_force(site_of(map_file), wanted, typist(), reason=reason)
    except OSError as error:
        _over_the_console(error, wanted, reason, output)
        return
    for warning in forced.warnings:
        output.warn(warning)
    if forced.old is None and forced.new is None:
        output.say("the kill switch was off already")
    else:
        output.say("everything goes to legacy" if forced.new else "every route is answered as the map says")
    _report(map_file, wanted, output)


def _over_the_console(error: OSError, wanted: Side | None, reason: str, output: Output) -> None:
    """The file cannot be written here; a running gateway may hold the switch in memory."""
    answer = change("/api/v1/force", {"side": wanted, "reason": reason})
    if answer is None:
        output.error(f"the switch's file cannot be written: {error.filename}: {error.strerror}")
        output.hint("  with GATEWAY_TOKEN set here, a running gateway is asked to hold the switch in memory;")
        output.hint("  GATEWAY_FORCE=legacy and a restart do it without")
        raise typer.Exit(UNREACHABLE)
    for warning in answer.get("warnings", ()):
        output.warn(str(warning))
    output.say("the running gateway did it")


def _report(map_file: Path, wanted: Side | None, output: Output) -> None:
    live = wait_for(map_file, lambda found: found.forces(wanted), seconds=PATIENCE)
    if live is None:
        output.note("a running gateway heeds it within a second")
    elif live.forces(wanted):
        output.say(f"in force on {plural(len(live.workers) or 1, 'worker')}")
    elif wanted is None:
        output.warn(
            f"the gateway at {live.url} still sends everything to {live.force}: was it started with GATEWAY_FORCE?"
        )
    else:
        output.warn(f"the gateway at {live.url} does not heed it after {PATIENCE:g} s; its log says why")
