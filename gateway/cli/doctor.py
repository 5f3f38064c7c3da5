"""`gateway doctor [APP]`: what of legacy survives the move, and what of its rewrite is a classic mistake."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.options import DEFAULT_MAP, Json, MapFile, Quiet
from gateway.cli.quiet_import import stdout_is_ours
from gateway.cli.render import SEVERITY_STYLES, Output, plural
from gateway.doctor.finding import Finding, Severity
from gateway.errors import EvidenceCorrupt, EvidenceRefused, EvidenceUnavailable, ImportFailed

if TYPE_CHECKING:
    from gateway.doctor.examine import Diagnosis


def doctor(
    app: Annotated[
        str,
        typer.Argument(
            metavar="[APP]",
            help="An application of either side, as module:app or module:factory(), or a folder of v2's source. "
            "Without one: both applications of the map.",
            show_default=False,
        ),
    ] = "",
    v2: Annotated[str, typer.Option("--v2", metavar="APP", help="The FastAPI application to look at beside APP.")] = "",
    map_file: MapFile = DEFAULT_MAP,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say what of a Flask application survives the move, and which classic mistakes its FastAPI rewrite has.

    Exits 1 for an error of legacy's or anything at all about v2, 3 when an application cannot be imported.
    """
    diagnosis = _examined(app, v2, map_file)
    output = Output(quiet=quiet)
    if as_json:
        output.json(diagnosis.as_json())
    else:
        _show(diagnosis, output)
    if any(finding.code == "import.failed" for finding in diagnosis.everything):
        raise typer.Exit(ImportFailed.exit_code)
    raise typer.Exit(0 if diagnosis.is_healthy else 1)


def _examined(app: str, v2: str, map_file: Path) -> Diagnosis:
    from gateway.doctor.examine import examine, examine_map  # noqa: PLC0415  it imports Flask's world

    root = Path.cwd()
    if app:
        with stdout_is_ours():
            return examine(app, v2=v2, root=root, environment=os.environ)
    if v2:
        raise typer.BadParameter("--v2 is looked at beside APP; name both, or neither for those of the map")
    from gateway.cli.evidence.opening import reading  # noqa: PLC0415  SQLAlchemy takes a third of a second
    from gateway.mapfile.load import read_map  # noqa: PLC0415  help must be quick

    loaded = read_map(map_file)
    try:
        with reading(map_file) as store, stdout_is_ours():
            return examine_map(loaded, store, root=root, environment=os.environ)
    except (EvidenceUnavailable, EvidenceCorrupt, EvidenceRefused):
        with stdout_is_ours():
            return examine_map(loaded, None, root=root, environment=os.environ)


def _show(diagnosis: Diagnosis, output: Output) -> None:
    names = " and ".join(filter(None, (diagnosis.application, diagnosis.v2)))
    output.say(f"{names}: " + ", ".join(f"{name} {number}" for name, number in diagnosis.versions.items()))
    if diagnosis.routes is not None:
        methods = ", ".join(f"{method} {count}" for method, count in diagnosis.routes["methods"].items())
        blueprints = ", ".join(f"{name or '(app)'} {count}" for name, count in diagnosis.routes["blueprints"].items())
        output.say(f"{plural(diagnosis.routes['total'], 'route')}: {methods}")
        output.say(f"by blueprint: {blueprints}")
    output.say("")
    for finding in diagnosis.everything:
        if finding.severity is not Severity.NOTE or not output.quiet:
            _show_finding(finding, output)
    output.say(", ".join(plural(diagnosis.count(severity), severity) for severity in Severity))


def _show_finding(finding: Finding, output: Output) -> None:
    place = f"  {finding.where}" if finding.where else ""
    output.data(f"{finding.severity:<8} {finding.code}{place}", style=SEVERITY_STYLES[finding.severity])
    output.data(f"         {finding.what}")
    if finding.fix:
        output.data(f"         -> {finding.fix}")
