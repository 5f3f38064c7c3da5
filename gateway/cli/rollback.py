"""`gateway rollback [ROUTE]`: back to legacy, at once."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.cli.flip import report
from gateway.cli.options import DEFAULT_MAP, MapFile, Quiet, Reason, complete_route
from gateway.cli.render import Output
from gateway.errors import RouteUnknown
from gateway.routing.mode import Mode


def rollback(
    route: Annotated[
        str | None,
        typer.Argument(
            metavar="[ROUTE]", autocompletion=complete_route, help="The route's id. Default: the one flipped last."
        ),
    ] = None,
    *,
    reason: Reason = "",
    map_file: MapFile = DEFAULT_MAP,
    quiet: Quiet = False,
) -> None:
    """Send a route back to legacy, whatever rung it stands on."""
    from gateway.mapfile.edit import flip  # noqa: PLC0415  help must be quick
    from gateway.mapfile.journal import last_flip  # noqa: PLC0415  the same

    if route is None:
        last = last_flip(map_file)
        if last is None:
            raise RouteUnknown(f"no flip of {map_file} is in the journal; name the route: gateway rollback ROUTE")
        route = last.route
    report(flip(map_file, route, Mode.LEGACY, reason=reason), Output(quiet=quiet))
