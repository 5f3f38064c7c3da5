"""`gateway flip ROUTE MODE`: one route's mode changes in the map, and so in every running gateway."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.live import wait_for
from gateway.cli.options import DEFAULT_MAP, MapFile, Quiet, Reason, complete_route
from gateway.cli.render import Output, plural
from gateway.routing.mode import Mode

if TYPE_CHECKING:
    from gateway.mapfile.flip import Edit

PATIENCE = 2.0
"""Seconds that a flip waits for a running gateway; a change is in force within one."""


def flip(
    route: Annotated[
        str,
        typer.Argument(metavar="ROUTE", autocompletion=complete_route, help="The route's id, or __default__."),
    ],
    mode: Annotated[Mode, typer.Argument(metavar="MODE", help="legacy, shadow, canary or v2.")],
    *,
    percent: Annotated[
        float | None,
        typer.Option(
            "--percent", metavar="N", min=0, max=100, help="canary: how many of a hundred clients v2 answers."
        ),
    ] = None,
    sticky: Annotated[
        str | None,
        typer.Option(
            "--sticky", metavar="KEY", help="canary: what keeps a client on its side: client, cookie:NAME, header:NAME."
        ),
    ] = None,
    sample: Annotated[
        float | None,
        typer.Option("--sample", metavar="N", min=0, max=100, help="How many of a hundred requests are compared."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Skip rungs of the ladder without a warning; needs --reason.")
    ] = False,
    reason: Reason = "",
    revision: Annotated[
        str | None,
        typer.Option("--revision", metavar="REV", help="Only if the map is at this revision (12 characters or more)."),
    ] = None,
    map_file: MapFile = DEFAULT_MAP,
    quiet: Quiet = False,
) -> None:
    """Change the mode of a route in the map; comments and every other line stay.

    A running gateway picks it up within a second. The ladder is legacy, shadow, canary, v2: each rung is the evidence
    for the next, so skipping one is warned about. Going down is one step from anywhere.
    """
    from gateway.mapfile.edit import flip as change  # noqa: PLC0415  help must be quick

    if force and not reason:
        raise typer.BadParameter("--force needs --reason TEXT; it is kept in the journal of flips")
    edit = change(
        map_file,
        route,
        mode,
        percent=percent,
        sticky=sticky,
        sample=sample,
        expected_revision=revision,
        reason=reason,
        forced=force,
    )
    output = Output(quiet=quiet)
    if edit.skipped and not force:
        rungs = " and ".join(rung.value for rung in edit.skipped)
        output.warn(
            f"{route} skipped {rungs}: no evidence was gathered there that v2 answers as legacy does; "
            f"`gateway rollback {route}` goes back at once, --force --reason TEXT says that this is meant",
        )
    report(edit, output)


def report(edit: Edit, output: Output) -> None:
    """Say what changed in the map and whether a running gateway serves it."""
    if not edit.changed:
        output.say(f"{edit.route} is in {edit.new_mode} already; nothing was changed")
        return
    for line in edit.diff:
        output.say(line)
    output.say(f"{edit.route}: {_rung(edit.old_mode, edit.old_percent)} -> {_rung(edit.new_mode, edit.new_percent)}")
    if edit.also:
        output.warn(
            f"{plural(len(edit.also), 'route')} without a mode of their own changed too: {', '.join(edit.also)}"
        )
    for warning in edit.warnings:
        output.warn(warning)
    report_live(edit.path, edit.new_revision, output)


def _rung(mode: Mode, percent: float | None) -> str:
    return f"{mode.value} {percent:g}%" if mode is Mode.CANARY and percent is not None else mode.value


def report_live(path: Path, revision: str, output: Output) -> None:
    """Wait a little for a running gateway to serve `revision` of the map at `path`, and say whether it does."""
    live = wait_for(path, revision, seconds=PATIENCE)
    if live is None:
        output.note("a running gateway picks it up within a second")
    elif live.is_at(revision):
        output.say(f"in force on {plural(len(live.workers) or 1, 'worker')}")
    else:
        output.warn(
            f"the gateway at {live.url} still serves revision {live.revision[:12]} after {PATIENCE:g} s, "
            f"not {revision[:12]}; its log says why",
        )
    if live is not None and live.force:
        output.warn(f"everything is sent to {live.force} by force, whatever the modes say")
