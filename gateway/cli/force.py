"""`gateway force legacy`: the kill switch. `gateway force off` lifts it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.confirmation import PATIENCE, Change, confirm
from gateway.cli.live import Live, Silence, Unanswered, ask, change
from gateway.cli.options import DEFAULT_MAP, MapFile, NoWait, Quiet
from gateway.cli.render import Output
from gateway.exchange import Side

UNREACHABLE = 3


class Wanted(StrEnum):
    """What the switch can be put to."""

    LEGACY = "legacy"
    OFF = "off"


def force(
    side: Annotated[Wanted, typer.Argument(metavar="SIDE", help="legacy, or off.")],
    *,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; needed for legacy.")] = "",
    no_wait: NoWait = False,
    map_file: MapFile = DEFAULT_MAP,
    quiet: Quiet = False,
) -> None:
    """Send every request to legacy, whatever the map says, or let the map decide again.

    In force on every worker within a second, which a running gateway is asked to confirm (exit 3 when none does), and
    after a restart. It is a file beside the map (.gateway/force), so it needs no token, and works while the map is
    wrong or read-only.
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
        _over_the_console(error, map_file, wanted, reason, output)
        if no_wait:  # a gateway was asked, and has said yes
            return
    else:
        for warning in forced.warnings:
            output.warn(warning)
        if forced.old is None and forced.new is None:
            output.say("the kill switch was off already")
        else:
            output.say(f"the kill switch is {'on' if forced.new else 'off'}")
    confirm(map_file, _switched(wanted), output, wait=not no_wait)


def _over_the_console(error: OSError, map_file: Path, wanted: Side | None, reason: str, output: Output) -> None:
    """The file cannot be written here; a running gateway may hold the switch in memory, if it is this map's."""
    found = ask(map_file)
    others = found.said if isinstance(found, Silence) and found.kind is Unanswered.OTHER_MAP else ""
    answer = None if others else change("/api/v1/force", {"side": wanted, "reason": reason})
    if answer is None:
        output.error(f"the switch's file cannot be written: {error.filename}: {error.strerror}")
        if others:
            output.hint(f"  the gateway that answers serves another map, {others}, and was left alone;")
        output.hint("  with GATEWAY_TOKEN set here, a running gateway is asked to hold the switch in memory;")
        output.hint("  GATEWAY_FORCE=legacy and a restart do it without")
        raise typer.Exit(UNREACHABLE)
    for warning in answer.get("warnings", ()):
        output.warn(str(warning))
    output.say("the switch's file cannot be written here; the running gateway holds the switch in memory")


def _switched(wanted: Side | None) -> Change:
    def instead(live: Live) -> tuple[str, str]:
        behind = [worker for worker in live.workers if worker.get("force") != wanted]
        if live.workers and len(behind) < len(live.workers):
            late = f"{len(behind)} of {len(live.workers)} workers of {live.url} do not heed it yet"
        elif wanted is None:
            late = f"{live.url} still sends everything to {live.force} after {PATIENCE:g} s"
        else:
            late = f"{live.url} does not heed it after {PATIENCE:g} s"
        return late, _way_out(wanted, live)

    return Change(
        f"the kill switch is {'off' if wanted is None else 'on'}",
        lambda live: live.forces(wanted),
        instead,
        forces=True,
    )


def _way_out(wanted: Side | None, live: Live) -> str:
    if wanted is not None:
        return "the gateway's log says why; a restart with GATEWAY_FORCE=legacy does it in any case"
    if live.force_reason == "GATEWAY_FORCE":
        return "it was started with GATEWAY_FORCE: start it again without, or lift that at the console"
    return "was the gateway started with GATEWAY_FORCE? Its log says what it heeds"
