"""The whole check of a valid map: its warnings, the imports of both sides, and their routes against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gateway.backends.load import flask_behind, load_asgi, load_wsgi
from gateway.cli.checks.v2_routes import check_v2
from gateway.cli.quiet_import import stdout_is_ours
from gateway.doctor.finding import Finding, Severity, error, note, warning
from gateway.doctor.legacy.application import count_routes
from gateway.errors import ImportFailed, Problem
from gateway.exchange import Side
from gateway.mapfile.coverage import FindingKind, compare_inventory, shadowed
from gateway.mapfile.loaded import AsgiBackend, BackendSpec, LoadedMap, UrlBackend, WsgiBackend
from gateway.routing.mode import Mode

if TYPE_CHECKING:
    from flask import Flask

IMPORT_CODES = frozenset({"import.legacy", "import.v2"})

SEVERITIES: Mapping[FindingKind, Severity] = {
    FindingKind.UNMAPPED: Severity.WARNING,
    FindingKind.STALE: Severity.WARNING,
    FindingKind.AMBIGUOUS: Severity.WARNING,
    FindingKind.SHADOWED: Severity.WARNING,
    FindingKind.UNSUPPORTED: Severity.WARNING,
    FindingKind.CONVERTER: Severity.ERROR,
}


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found, and the legacy application for those who go on with it (`--bridge`)."""

    findings: tuple[Finding, ...]
    legacy: Any
    flask: Flask | None

    @property
    def legacy_routes(self) -> int | None:
        """How many routes legacy has; None when that cannot be seen."""
        return count_routes(self.flask)["total"] if self.flask is not None else None

    @property
    def unreachable(self) -> bool:
        """Whether an application that is needed could not be imported."""
        return any(found.code in IMPORT_CODES and found.severity is Severity.ERROR for found in self.findings)


def examine(loaded: LoadedMap) -> Examination:
    """Import what the map names, and compare."""
    findings = [_found(loaded, Severity.WARNING, "map.warning", problem) for problem in loaded.warnings]
    findings += [_found(loaded, Severity.NOTE, "map.note", problem) for problem in loaded.notes]
    legacy, failed = _import(Side.LEGACY, loaded.backends.legacy, needed=True)
    v2, failed_v2 = _import(Side.V2, loaded.backends.v2, needed=_asks_v2(loaded))
    flask = flask_behind(legacy) if legacy is not None else None
    findings += [*failed, *failed_v2]
    findings += _of_legacy(loaded, flask) if flask is not None else _without_flask(loaded, legacy)
    if v2 is not None:
        findings += check_v2(loaded, v2)
    return Examination(tuple(findings), legacy, flask)


def _import(side: Side, spec: BackendSpec, *, needed: bool) -> tuple[Any, list[Finding]]:
    """The application of a side; None for a remote one and for one that cannot be imported."""
    try:
        with stdout_is_ours():
            match spec:
                case WsgiBackend(import_string=text):
                    return load_wsgi(text), []
                case AsgiBackend(import_string=text):
                    return load_asgi(text), []
                case UrlBackend():
                    return None, []
    except ImportFailed as failed:
        make = error if needed else warning
        return None, [make(f"import.{side}", f"{side} cannot be imported: {failed}")]


def _asks_v2(loaded: LoadedMap) -> bool:
    return any(route.mode is not Mode.LEGACY for route in (*loaded.routes, loaded.default))


def _of_legacy(loaded: LoadedMap, flask: Flask) -> Iterator[Finding]:
    for found in compare_inventory(loaded, flask.url_map):
        yield _found(loaded, SEVERITIES[found.kind], f"map.{found.kind}", found.problem)
    if "socketio" in flask.extensions:
        yield warning(
            "websocket.socketio",
            "legacy uses Flask-SocketIO, which needs a server of its own",
            "run it there and name it as backends.legacy.url, or keep its path off the gateway",
        )


def _without_flask(loaded: LoadedMap, legacy: Any) -> Iterator[Finding]:
    for problem in shadowed(loaded):
        yield _found(loaded, Severity.WARNING, "map.shadowed", problem)
    for name, ids in loaded.converters.items():
        yield note(
            "map.unseen-converter",
            f'the converter "{name}" is not known here; the gateway takes any one segment for it',
            where=f"{loaded.path}:{loaded.line_of(ids[0])}",
        )
    if legacy is not None:
        yield note(
            "legacy.not-flask",
            f"no Flask object was found behind {type(legacy).__name__}: its routes are not compared with the map",
        )


def _found(loaded: LoadedMap, severity: Severity, code: str, problem: Problem) -> Finding:
    return Finding(severity, code, problem.what, problem.hint, f"{loaded.path}:{problem.line}:{problem.column}")
