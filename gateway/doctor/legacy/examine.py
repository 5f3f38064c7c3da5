"""The whole examination of legacy: versions, application, source and server files, put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gateway.backends.import_string import parse
from gateway.backends.load import flask_behind, load_either
from gateway.doctor.directory import watched_directory
from gateway.doctor.finding import Finding, error, ordered, warning
from gateway.doctor.legacy.application import check_application, count_routes
from gateway.doctor.legacy.server import check_server_files
from gateway.doctor.legacy.source import check_source, files_of, would_run
from gateway.doctor.legacy.versions import check_versions, installed
from gateway.errors import ImportFailed

if TYPE_CHECKING:
    from flask import Flask


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found. `routes` is None when there is no Flask object to count them on.

    `asgi` is the application when it is no WSGI application at all: then nothing else was looked at.
    """

    imported: bool
    versions: Mapping[str, str]
    routes: Mapping[str, Any] | None
    findings: tuple[Finding, ...]
    flask: Flask | None = None
    asgi: Callable[..., Any] | None = None


def examine_legacy(application: str, *, root: Path, environment: Mapping[str, str]) -> Examined:
    """Examine the application that an import string names, in the project at `root`.

    Raises:
        ImportFailed: `application` is no import string. One that cannot be imported is a finding, not an error.
    """
    wish = parse(application)
    root = root.resolve()
    versions = installed()
    findings = list(check_versions(versions))
    routes, flask = None, None
    imported = False
    if not would_run(wish.module, root):
        try:
            with watched_directory(application, findings):
                kind, loaded = load_either(application)
        except ImportFailed as failed:
            findings.append(error("import.failed", str(failed)))
        else:
            if kind == "ASGI":
                changes = tuple(one for one in findings if one.code == "process.directory")
                return Examined(imported=True, versions=versions, routes=None, findings=changes, asgi=loaded)
            imported = True
            flask = flask_behind(loaded)
            if flask is None:
                findings.append(_not_flask(loaded))
            else:
                routes = count_routes(flask)
                findings += check_application(loaded, flask, environment=environment)
    findings += check_source(files_of(wish.module, root), root)
    findings += check_server_files(root)
    return Examined(imported, versions, routes, tuple(ordered(findings)), flask)


def _not_flask(loaded: object) -> Finding:
    return warning(
        "flask.not-found",
        f"no Flask object was found behind {type(loaded).__name__}: the gateway serves it, but cannot list its routes",
        "name the Flask object itself, or write the map by hand",
    )
