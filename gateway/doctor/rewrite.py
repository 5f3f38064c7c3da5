"""The whole examination of v2: its source, and where it can be imported, the running application beside legacy's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gateway.backends.import_string import parse
from gateway.backends.load import load_asgi
from gateway.doctor.checks import catalogue
from gateway.doctor.directory import watched_directory
from gateway.doctor.finding import Finding, error
from gateway.doctor.hit import Hit
from gateway.doctor.reading import Read, read_folder, read_project
from gateway.doctor.running.answers import dropped_members, iso_dates
from gateway.doctor.running.hooks import skipped_hooks
from gateway.doctor.running.observed import seen_members
from gateway.doctor.running.routes import Answering, answering, fastapi_behind, routes_of
from gateway.doctor.source.check import check_source
from gateway.doctor.source.ignores import ignores_of, without_ignored
from gateway.doctor.source.project import Project
from gateway.doctor.source.switches import switches_in, without_switched
from gateway.errors import ImportFailed
from gateway.mapfile.loaded import LoadedMap
from gateway.mapfile.templates import sample
from gateway.routing.mode import Mode

if TYPE_CHECKING:
    from flask import Flask

    from gateway.evidence.store import EvidenceStore


@dataclass(frozen=True, slots=True)
class Beside:
    """What the rewrite is held against, as far as there is any of it."""

    legacy: Flask | None = None
    legacy_module: str = ""
    map: LoadedMap | None = None
    evidence: EvidenceStore | None = None


def examine_folder(folder: Path, root: Path) -> tuple[Finding, ...]:
    """What the source in a folder says; nothing is imported."""
    read = read_folder(folder, root)
    return tuple(_findings(read, check_source(read.project)))


def examine_rewrite(
    application: str,
    *,
    root: Path,
    beside: Beside,
    loaded: Callable[..., Any] | None = None,
    importing: tuple[Finding, ...] = (),
) -> tuple[Finding, ...]:
    """What is wrong with the FastAPI application that an import string names, in the project at `root`.

    `loaded` is the application when it was imported already, and `importing` what was found then. One that cannot be
    imported is a finding.

    Raises:
        ImportFailed: `application` is no import string.
    """
    wish = parse(application)
    without = frozenset({beside.legacy_module.partition(".")[0]} - {"", wish.module.partition(".")[0]})
    read = read_project(wish.module, root, without=without)
    hits = list(check_source(read.project))
    failures = list(importing)
    try:
        with watched_directory(application, failures):
            app = fastapi_behind(load_asgi(application) if loaded is None else loaded)
    except ImportFailed as failed:
        failures.append(error("import.failed", str(failed)))
    else:
        if app is not None:
            hits += _running(list(routes_of(app)), read.project, root.resolve(), beside)
    found = tuple(_findings(read, hits))
    return (*(one for one in failures if not _is_let_stand(one, hits, found)), *found)


def _is_let_stand(seen: Finding, hits: Iterable[Hit], found: Iterable[Finding]) -> bool:
    """Whether the source says where a finding of the import comes from, and lets it stand at every such place."""
    return any(hit.check == seen.code for hit in hits) and all(one.code != seen.code for one in found)


def _running(routes: list[Answering], project: Project, root: Path, beside: Beside) -> Iterator[Hit]:
    yield from iso_dates({str(number): route for number, route in enumerate(routes)}, project)
    if beside.map is None:
        return
    migrated = dict(_migrated(beside.map, routes))
    if beside.legacy is not None:
        endpoints = {route_id: name for route_id in migrated if (name := _endpoint(beside, route_id))}
        yield from skipped_hooks(beside.legacy, endpoints, root)
    if beside.evidence is not None:
        yield from dropped_members(migrated, seen_members(beside.evidence, migrated), project)


def _migrated(loaded: LoadedMap, routes: Iterable[Answering]) -> Iterator[tuple[str, Answering]]:
    """The routes of the map that v2 is asked for, and what of v2 answers them."""
    known = list(routes)
    for route in loaded.routes:
        path = sample(route.path) if route.mode is not Mode.LEGACY else None
        if path is None:
            continue
        for method in sorted(route.methods or {"GET", "POST"}):
            found = answering(known, method, path)
            if found is not None:
                yield route.id, found
                break


def _endpoint(beside: Beside, route_id: str) -> str | None:
    """The endpoint of legacy that a route of the map stands for."""
    from werkzeug.exceptions import HTTPException  # noqa: PLC0415  the command line starts without werkzeug
    from werkzeug.routing import RequestRedirect  # noqa: PLC0415  the same

    route = beside.map.by_id(route_id) if beside.map is not None else None
    path = sample(route.path) if route is not None else None
    if beside.legacy is None or route is None or path is None:
        return None
    adapter = beside.legacy.url_map.bind("localhost")
    for method in sorted(route.methods or {"GET", "POST"}):
        try:
            return str(adapter.match(path, method)[0])
        except (HTTPException, RequestRedirect):
            continue
    return None


def _findings(read: Read, hits: Iterable[Hit]) -> Iterator[Finding]:
    checks: Mapping[str, Any] = catalogue()
    for path, reason in read.unreadable:
        yield error("source.unreadable", f"cannot be parsed: {reason}", "correct it", path)
    modules = read.project.modules.values()
    left = without_switched(hits, switches_in(read.project))
    for hit in without_ignored(left, [one for module in modules for one in ignores_of(module)]):
        check = checks[hit.check]
        yield Finding(check.severity, check.id, hit.what, check.fix, hit.where)
