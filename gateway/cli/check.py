"""`gateway check`: everything that is wrong with the map, alone and beside both applications."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli.diagnosis.finding import Finding, Severity, ordered
from gateway.cli.options import DEFAULT_MAP, Json, MapFile, Quiet
from gateway.cli.render import SEVERITY_STYLES, Output, plural
from gateway.errors import ImportFailed, MapInvalid

if TYPE_CHECKING:
    from gateway.cli.checks.examine import Examination
    from gateway.mapfile.loaded import LoadedMap


def check(
    *,
    map_file: MapFile = DEFAULT_MAP,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 for warnings, too.")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Check the map: by itself, against legacy's routes, and against v2's.

    Exits 0 when a gateway can serve it, 1 for findings, 2 for an invalid map, 3 when an application that is needed
    cannot be imported.
    """
    from gateway.cli.checks.examine import examine  # noqa: PLC0415  it imports Flask's world
    from gateway.mapfile.load import read_map  # noqa: PLC0415  help must be quick

    output = Output(quiet=quiet)
    try:
        loaded = read_map(map_file)
    except MapInvalid as invalid:
        if as_json:
            output.json(_invalid(invalid))
        raise
    examination = examine(loaded)
    findings = ordered(examination.findings)
    if as_json:
        output.json(_document(loaded, examination, findings))
    else:
        _show(loaded, examination, findings, output)
    if examination.unreachable:
        raise typer.Exit(ImportFailed.exit_code)
    bad = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    raise typer.Exit(1 if any(found.severity in bad for found in findings) else 0)


def _invalid(invalid: MapInvalid) -> dict[str, Any]:
    """The problems for machines; the same on stderr for people."""
    return {
        "path": invalid.path,
        "valid": False,
        "revision": None,
        "problems": [asdict(problem) for problem in invalid.problems],
        "findings": [],
    }


def _document(loaded: LoadedMap, examination: Examination, findings: list[Finding]) -> dict[str, Any]:
    return {
        "path": str(loaded.path),
        "valid": True,
        "revision": loaded.revision,
        "routes": len(loaded.routes),
        "legacy_routes": examination.legacy_routes,
        "problems": [],
        "findings": [asdict(found) for found in findings],
    }


def _show(loaded: LoadedMap, examination: Examination, findings: list[Finding], output: Output) -> None:
    for found in findings:
        if found.severity is Severity.NOTE and output.quiet:
            continue
        place = f"{found.where}: " if found.where else ""
        fix = f"; {found.fix}" if found.fix else ""
        output.data(f"{found.severity}: {place}{found.what}{fix}", style=SEVERITY_STYLES[found.severity])
    counts = [sum(found.severity is severity for found in findings) for severity in Severity]
    legacy = "" if examination.legacy_routes is None else f", {examination.legacy_routes} in legacy"
    output.say(
        f"{loaded.path} is valid: {plural(len(loaded.routes), 'route')}{legacy}; "
        + ", ".join(plural(count, severity) for count, severity in zip(counts, Severity, strict=True)),
    )
