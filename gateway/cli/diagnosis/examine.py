"""The whole examination: versions, application, source and server files, put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gateway.backends.import_string import parse
from gateway.backends.load import flask_behind, load_wsgi
from gateway.cli.diagnosis.application import check_application, count_routes
from gateway.cli.diagnosis.finding import Finding, Severity, error, ordered, warning
from gateway.cli.diagnosis.server import check_server_files
from gateway.cli.diagnosis.source import check_source, files_of, would_run
from gateway.cli.diagnosis.versions import check_versions, installed
from gateway.cli.quiet_import import stdout_is_ours
from gateway.errors import ImportFailed


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found. `routes` is None when there is no Flask object to count them on."""

    application: str
    imported: bool
    versions: Mapping[str, str]
    routes: Mapping[str, Any] | None
    findings: tuple[Finding, ...]

    def count(self, severity: Severity) -> int:
        """How many findings are of that severity."""
        return sum(finding.severity is severity for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """The same for machines."""
        counts = {f"{severity}s": self.count(severity) for severity in Severity}
        return asdict(self) | {"findings": [asdict(finding) for finding in self.findings], "counts": counts}


def examine(application: str, *, root: Path, environment: Mapping[str, str]) -> Diagnosis:
    """Examine the application that an import string names, in the project at `root`.

    Raises:
        ImportFailed: `application` is no import string. One that cannot be imported is a finding, not an error.
    """
    wish = parse(application)
    root = root.resolve()
    versions = installed()
    findings = list(check_versions(versions))
    routes = None
    imported = False
    if not would_run(wish.module, root):
        try:
            with stdout_is_ours():
                loaded = load_wsgi(application)
        except ImportFailed as failed:
            findings.append(error("import.failed", str(failed)))
        else:
            imported = True
            flask = flask_behind(loaded)
            if flask is None:
                findings.append(_not_flask(loaded))
            else:
                routes = count_routes(flask)
                findings += check_application(loaded, flask, environment=environment)
    findings += check_source(files_of(wish.module, root), root)
    findings += check_server_files(root)
    return Diagnosis(application, imported, versions, routes, tuple(ordered(findings)))


def _not_flask(loaded: object) -> Finding:
    return warning(
        "flask.not-found",
        f"no Flask object was found behind {type(loaded).__name__}: the gateway serves it, but cannot list its routes",
        "name the Flask object itself, or write the map by hand",
    )
