"""The options that several verbs share, so that they are spelt and explained the same everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

MapFile = Annotated[
    Path,
    typer.Option("--map", metavar="FILE", envvar="GATEWAY_MAP", show_default=True, help="The migration map."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only data, warnings and errors.")]

DEFAULT_MAP = Path("migration_map.yaml")
