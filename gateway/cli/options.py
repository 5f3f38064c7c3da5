"""The options that several verbs share, so that they are spelt and explained the same everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gateway.errors import GatewayError

MapFile = Annotated[
    Path,
    typer.Option("--map", metavar="FILE", envvar="GATEWAY_MAP", help="The migration map."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only data, warnings and errors.")]
NoWait = Annotated[
    bool, typer.Option("--no-wait", help="Only write: no gateway serves this map from here, so none is waited for.")
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; kept in the audit log.")]

DEFAULT_MAP = Path("migration_map.yaml")


def complete_route(context: typer.Context, incomplete: str) -> list[str]:
    """The ids of the map that begin with what was typed, for the shell; none when the map cannot be read."""
    from gateway.mapfile.load import read_map  # noqa: PLC0415  needed for completion only

    try:
        loaded = read_map(Path(context.params.get("map_file") or DEFAULT_MAP))
    except (GatewayError, OSError):
        return []
    return [route.id for route in loaded.routes if route.id.startswith(incomplete)]
