"""`gateway excuse ROUTE PATH`: a difference that is right, written into the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.confirmation import in_force, mention
from gateway.cli.options import DEFAULT_MAP, MapFile, Quiet, complete_route
from gateway.cli.render import Output
from gateway.routing.route import DEFAULT_ROUTE_ID

if TYPE_CHECKING:
    from datetime import date

    from gateway.mapfile.excuse import ExcuseEdit


def excuse(
    route: Annotated[
        str,
        typer.Argument(metavar="ROUTE", autocompletion=complete_route, help="The route's id, or __default__."),
    ],
    path: Annotated[
        str | None,
        typer.Argument(metavar="[PATH]", help="Where in the JSON body, as a JSON path: '$.meta.ts'."),
    ] = None,
    *,
    header: Annotated[
        str | None,
        typer.Option("--header", metavar="NAME", help="Which header, instead of a place in the body."),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why this difference is right; needed.")],
    expires: Annotated[
        str | None,
        typer.Option("--expires", metavar="DATE", help="From this day on it is a mismatch again: 2027-03-01."),
    ] = None,
    map_file: MapFile = DEFAULT_MAP,
    quiet: Quiet = False,
) -> None:
    """Excuse a difference of a route in the map; comments and every other line stay.

    An excused difference stays visible and does not count against the route. Its evidence begins anew, because another
    rule is another question.
    """
    from gateway.changes.excuse import make_excuse  # noqa: PLC0415  help must be quick
    from gateway.cli.who import site_of, typist  # noqa: PLC0415  the same
    from gateway.parity.rules import Excuse  # noqa: PLC0415  the same

    wanted = Excuse(reason, at=path, header=header, expires=_day(expires))
    edit, warnings = make_excuse(site_of(map_file), route, wanted, typist())
    output = Output(quiet=quiet)
    for warning in warnings:
        output.warn(warning)
    _report(edit, output)


def _day(written: str | None) -> date | None:
    from gateway.mapfile.units import BadValue, day  # noqa: PLC0415  help must be quick

    if written is None:
        return None
    try:
        return day(written)
    except BadValue as bad:
        raise typer.BadParameter(f"--expires: {bad.what}; {bad.hint}") from None


def _report(edit: ExcuseEdit, output: Output) -> None:
    if not edit.changed:
        output.say(f"{edit.route} has this excuse already; nothing was changed")
    for line in edit.diff:
        output.say(line)
    if edit.excuse.expires is None:
        output.warn("this excuse never expires; --expires DATE makes somebody look at it again")
    if not edit.changed:
        return
    if edit.route == DEFAULT_ROUTE_ID:
        output.warn("an excuse of the defaults holds for every route")
    mention(edit.path, in_force(edit.path, edit.new_revision, f"{edit.path} is changed"), output)
