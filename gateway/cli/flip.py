"""`gateway flip ROUTE MODE`: one route's mode changes in the map, and so in every running gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.confirmation import confirm, in_force
from gateway.cli.options import DEFAULT_MAP, MapFile, NoWait, Quiet, Reason, complete_route
from gateway.cli.render import Output, plural
from gateway.routing.mode import Mode

if TYPE_CHECKING:
    from gateway.changes.flip import Flipped
    from gateway.errors import GateRefused
    from gateway.mapfile.flip import Edit


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
        bool, typer.Option("--force", help="Move up against the gate's word, without a warning; needs --reason.")
    ] = False,
    reason: Reason = "",
    revision: Annotated[
        str | None,
        typer.Option("--revision", metavar="REV", help="Only if the map is at this revision (12 characters or more)."),
    ] = None,
    no_wait: NoWait = False,
    map_file: MapFile = DEFAULT_MAP,
    quiet: Quiet = False,
) -> None:
    """Change the mode of a route in the map; comments and every other line stay.

    A running gateway picks it up within a second, and is waited for: exit 3 when none confirms that it is in force.

    The ladder is legacy, shadow, canary, v2: each rung is the evidence for the next. A step up to canary or v2, or to
    a larger canary, is refused unless `gateway gate` says ready; exit 1. Going down is one step from anywhere, and asks
    nobody.
    """
    from gateway.changes.flip import Flip, make_flip  # noqa: PLC0415  help must be quick
    from gateway.cli.who import site_of, typist  # noqa: PLC0415  the same
    from gateway.errors import GateRefused  # noqa: PLC0415  the same
    from gateway.mapfile.flip import Wanted  # noqa: PLC0415  the same

    if force and not reason:
        raise typer.BadParameter("--force needs --reason TEXT; it is kept in the audit log")
    wanted = Wanted(mode, percent, sticky, sample)
    site = site_of(map_file, with_evidence=mode in {Mode.CANARY, Mode.V2})
    output = Output(quiet=quiet)
    try:
        flipped = make_flip(site, Flip(route, wanted, reason, force, revision), typist())
    except GateRefused as refused:
        _explain(refused, route, mode, output)
        raise typer.Exit(refused.exit_code) from None
    report(flipped, output, forced=force, wait=not no_wait)


def _explain(refused: GateRefused, route: str, mode: Mode, output: Output) -> None:
    output.error(f"{route} may not move to {mode}: the gate says {refused.state}; nothing was changed")
    for reason in refused.reasons:
        output.hint(f"  {reason}")
    output.hint("  --force --reason TEXT does it all the same, and keeps the reason in the audit log")


def report(flipped: Flipped, output: Output, *, forced: bool = False, wait: bool = True) -> None:
    """Say what changed in the map, and have a running gateway confirm that it serves it.

    Raises typer.Exit(3) when none does. With `wait` off none is asked.
    """
    edit = flipped.edit
    if edit.skipped and not forced:
        rungs = " and ".join(rung.value for rung in edit.skipped)
        output.warn(
            f"{edit.route} skipped {rungs}: no evidence was gathered there that v2 answers as legacy does; "
            f"`gateway rollback {edit.route}` goes back at once, --force --reason TEXT says that this is meant",
        )
    if not edit.changed:
        output.say(f"{edit.route} is in {edit.new_mode} already; nothing was changed")
        _confirm(edit, f"{edit.path} says {edit.new_mode} already", output, wait=wait)
        return
    for line in edit.diff:
        output.say(line)
    if forced and flipped.gate is not None and flipped.gate.refuses:
        output.warn(f"forced: the gate says {flipped.gate.state}: {flipped.gate.reasons[0]}")
    output.say(f"{edit.route}: {_rung(edit.old_mode, edit.old_percent)} -> {_rung(edit.new_mode, edit.new_percent)}")
    if edit.also:
        output.warn(
            f"{plural(len(edit.also), 'route')} without a mode of their own changed too: {', '.join(edit.also)}"
        )
    for warning in edit.warnings:
        output.warn(warning)
    _confirm(edit, f"{edit.path} is changed", output, wait=wait)


def _confirm(edit: Edit, what: str, output: Output, *, wait: bool) -> None:
    confirm(edit.path, in_force(edit.path, edit.new_revision, what), output, wait=wait)


def _rung(mode: Mode, percent: float | None) -> str:
    return f"{mode.value} {percent:g}%" if mode is Mode.CANARY and percent is not None else mode.value
