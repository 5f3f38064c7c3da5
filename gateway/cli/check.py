"""`gateway check`: everything that is wrong with the map, alone and beside both applications."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli.options import DEFAULT_MAP, Json, MapFile, Quiet
from gateway.cli.render import SEVERITY_STYLES, Output, plural
from gateway.doctor.finding import Finding, Severity, note, ordered
from gateway.errors import ImportFailed, MapInvalid

if TYPE_CHECKING:
    from gateway.cli.checks.bridge import Proof
    from gateway.cli.checks.examine import Examination
    from gateway.mapfile.loaded import LoadedMap


def check(
    *,
    map_file: MapFile = DEFAULT_MAP,
    bridge: Annotated[
        bool,
        typer.Option("--bridge", help="Also ask legacy the same requests without the gateway; compare the bytes."),
    ] = False,
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
    proof = _prove(examination) if bridge else None
    findings = ordered([*examination.findings, *(proof.findings if proof else ())])
    if as_json:
        output.json(_document(loaded, examination, findings, proof))
    else:
        _show(loaded, examination, findings, output)
        _show_proof(proof, output)
    if examination.unreachable:
        raise typer.Exit(ImportFailed.exit_code)
    bad = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    raise typer.Exit(1 if any(found.severity in bad for found in findings) else 0)


def _prove(examination: Examination) -> Proof:
    """The proof of the bridge; none for a legacy application that is remote or could not be imported."""
    from gateway.cli.checks.bridge import Proof, prove_bridge  # noqa: PLC0415  help must be quick
    from gateway.cli.quiet_import import stdout_is_ours  # noqa: PLC0415  the same

    if examination.legacy is None:
        return Proof(0, (note("bridge.unused", "legacy is not in this process, so no bridge was compared"),))
    with stdout_is_ours():
        return prove_bridge(examination.legacy, examination.flask)


def _show_proof(proof: Proof | None, output: Output) -> None:
    if proof is None or not proof.requests:
        return
    wrong = sum(found.severity is Severity.ERROR for found in proof.findings)
    unstable = len(proof.findings) - wrong
    result = "byte-equal" if not wrong else plural(wrong, "difference")
    apart = f", apart from {plural(unstable, 'place')} where the application differs from itself" if unstable else ""
    output.say(f"bridge: {plural(proof.requests, 'request')} natively and through it: {result}{apart}")


def _invalid(invalid: MapInvalid) -> dict[str, Any]:
    """The problems for machines; the same on stderr for people."""
    return {
        "path": invalid.path,
        "valid": False,
        "revision": None,
        "problems": [asdict(problem) for problem in invalid.problems],
        "routes": None,
        "legacy_routes": None,
        "findings": [],
        "bridge_requests": None,
    }


def _document(
    loaded: LoadedMap, examination: Examination, findings: list[Finding], proof: Proof | None
) -> dict[str, Any]:
    return {
        "path": str(loaded.path),
        "valid": True,
        "revision": loaded.revision,
        "routes": len(loaded.routes),
        "legacy_routes": examination.legacy_routes,
        "problems": [],
        "findings": [asdict(found) for found in findings],
        "bridge_requests": proof.requests if proof is not None else None,
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
