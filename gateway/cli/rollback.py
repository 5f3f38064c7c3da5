"""`gateway rollback [ROUTE]`: back to legacy, at once."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.cli.flip import report
from gateway.cli.options import DEFAULT_MAP, MapFile, NoWait, Quiet, Reason, complete_route
from gateway.cli.render import Output
from gateway.errors import RouteUnknown


def rollback(
    route: Annotated[
        str | None,
        typer.Argument(
            metavar="[ROUTE]", autocompletion=complete_route, help="The route's id. Default: the one flipped last."
        ),
    ] = None,
    *,
    reason: Reason = "",
    no_wait: NoWait = False,
    map_file: MapFile = DEFAULT_MAP,
    quiet: Quiet = False,
) -> None:
    """Send a route back to legacy, whatever rung it stands on.

    A running gateway is waited for; exit 3 when none confirms that the route is back.
    """
    from gateway.audit.history import last_flip  # noqa: PLC0415  help must be quick
    from gateway.changes.flip import make_flip, to_legacy  # noqa: PLC0415  the same
    from gateway.cli.who import site_of, typist  # noqa: PLC0415  the same

    site = site_of(map_file)
    if route is None:
        last = last_flip(site.audit)
        if last is None:
            raise RouteUnknown(f"no flip of {map_file} is in the audit log; name the route: gateway rollback ROUTE")
        route = last.route
    report(make_flip(site, to_legacy(route, reason=reason), typist()), Output(quiet=quiet), wait=not no_wait)
