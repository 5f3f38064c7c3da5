"""`gateway doctor APP`: what will and will not survive the move behind the gateway."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.diagnosis.finding import Finding, Severity
from gateway.cli.options import Json, Quiet
from gateway.cli.render import SEVERITY_STYLES, Output, plural
from gateway.errors import ImportFailed

if TYPE_CHECKING:
    from gateway.cli.diagnosis.examine import Diagnosis


def doctor(
    app: Annotated[
        str, typer.Argument(metavar="APP", help="The Flask application, as module:app or module:factory().")
    ],
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say what of a Flask application will and will not survive the move behind the gateway.

    Exits 1 when something will not, 3 when the application cannot be imported.
    """
    from gateway.cli.diagnosis.examine import examine  # noqa: PLC0415  it imports Flask's world

    diagnosis = examine(app, root=Path.cwd(), environment=os.environ)
    output = Output(quiet=quiet)
    if as_json:
        output.json(diagnosis.as_json())
    else:
        _show(diagnosis, output)
    failed = [finding for finding in diagnosis.findings if finding.code == "import.failed"]
    if failed:
        raise typer.Exit(ImportFailed.exit_code)
    raise typer.Exit(1 if diagnosis.count(Severity.ERROR) else 0)


def _show(diagnosis: Diagnosis, output: Output) -> None:
    versions = diagnosis.versions
    output.say(f"{diagnosis.application}: " + ", ".join(f"{name} {number}" for name, number in versions.items()))
    if diagnosis.routes is not None:
        methods = ", ".join(f"{method} {count}" for method, count in diagnosis.routes["methods"].items())
        blueprints = ", ".join(f"{name or '(app)'} {count}" for name, count in diagnosis.routes["blueprints"].items())
        output.say(f"{plural(diagnosis.routes['total'], 'route')}: {methods}")
        output.say(f"by blueprint: {blueprints}")
    output.say("")
    for finding in diagnosis.findings:
        if finding.severity is not Severity.NOTE or not output.quiet:
            _show_finding(finding, output)
    output.say(", ".join(plural(diagnosis.count(severity), severity) for severity in Severity))


def _show_finding(finding: Finding, output: Output) -> None:
    place = f"  {finding.where}" if finding.where else ""
    output.data(f"{finding.severity:<8} {finding.code}{place}", style=SEVERITY_STYLES[finding.severity])
    output.data(f"         {finding.what}")
    if finding.fix:
        output.data(f"         -> {finding.fix}")
