"""The map held against the application: what it leaves out, what is out of date in it, what it decides by accident.

`gateway check` prints this. The map loads all the same: it may be ahead of the application, or behind it on purpose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from werkzeug.routing import BaseConverter, Map

from gateway.errors import Problem
from gateway.mapfile.inventory import Entry, inventory, unanswered
from gateway.mapfile.loaded import LoadedMap
from gateway.mapfile.templates import TemplateIndex, sample, shape
from gateway.mapfile.units import shown
from gateway.routing.mode import Mode
from gateway.routing.route import Route
from gateway.routing.table import AnySegment, RouteTable


class FindingKind(StrEnum):
    """What is the matter."""

    UNMAPPED = "unmapped"
    STALE = "stale"
    AMBIGUOUS = "ambiguous"
    CONVERTER = "converter"
    SHADOWED = "shadowed"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Finding:
    """One of them, with its place in the map."""

    kind: FindingKind
    problem: Problem


def compare_inventory(loaded: LoadedMap, url_map: Map) -> tuple[Finding, ...]:
    """A map against the rules of a Flask application, in the order of the file.

    unmapped     a rule that only the default route answers
    stale        a route that no rule is behind, unless v2 answers it: then its legacy code may be deleted
    ambiguous    a rule without a route of its own, which a route for another rule answers: flipping that flips both
    converter    a converter of the map that the application does not have
    shadowed     a route that another one always comes before
    unsupported  a rule that a gateway in front of WSGI cannot serve, or that its own application never reaches
    """
    found = inventory(url_map)
    hint = "it stays with the legacy server"
    findings = [_at(loaded, FindingKind.UNSUPPORTED, None, note, hint) for note in found.notes]
    findings += _rules(loaded, found.entries)
    findings += _converters(loaded, url_map.converters)
    findings += [Finding(FindingKind.SHADOWED, problem) for problem in shadowed(loaded, url_map.converters)]
    return tuple(sorted(findings, key=lambda finding: (finding.problem.line, finding.problem.column)))


def shadowed(loaded: LoadedMap, converters: Mapping[str, type[BaseConverter]] | None = None) -> tuple[Problem, ...]:
    """Routes that answer nothing, because for every path of theirs another route is matched first (case 34).

    Only pairs of which one covers the other are tried, on the table that decides real requests.
    """
    known = dict.fromkeys(loaded.converters, AnySegment) | dict(converters or {})
    index = TemplateIndex((route.path, route) for route in loaded.routes if "<" in route.path)
    pairs = [
        (general, route)
        for route in loaded.routes
        if "<" in route.path
        for general in index.covering(route.path)
        if general is not route
    ]
    if not pairs:
        return ()
    table = RouteTable(loaded.routes, loaded.default, revision=loaded.revision, converters=known)
    problems = []
    for general, route in pairs:
        path = sample(route.path)
        methods = sorted(route.methods or {"GET", "POST"})
        if path is not None and all(table.match(method, path).id == general.id for method in methods):
            what = f"{shown(route.id)} is never reached: {shown(general.id)} comes first for {shown(route.path)}"
            problems.append(_problem(loaded, route, what, f"put it before {general.id}, or delete it"))
    return tuple(problems)


def _rules(loaded: LoadedMap, entries: tuple[Entry, ...]) -> list[Finding]:
    index = TemplateIndex((route.path, route) for route in loaded.routes)
    ruled = {shape(entry.path) for entry in entries}
    behind: set[str] = set()
    findings = []
    for entry in entries:
        covering = index.covering(entry.path)
        behind.update(route.id for route in covering)
        finding = _rule(entry, covering, loaded, ruled)
        if finding is not None:
            findings.append(finding)
    for route in loaded.routes:
        if route.id not in behind and route.mode is not Mode.V2:
            what = f"{shown(route.id)} is for {shown(route.path)}, and the application has no rule for that"
            findings.append(_at(loaded, FindingKind.STALE, route, what, "delete the route, or correct its path"))
    return findings


def _rule(entry: Entry, covering: list[Route], loaded: LoadedMap, ruled: set[str]) -> Finding | None:
    """What is the matter with a rule, given the routes that cover it."""
    own = [route for route in covering if shape(route.path) == shape(entry.path)]
    others = [route for route in covering if route not in own]
    methods = unanswered(entry.methods, [route.methods for route in own])
    if (methods is not None and not methods) or any(shape(route.path) not in ruled for route in others):
        return None
    caught = others[0] if others else None
    label = f"{', '.join(sorted(methods))} {entry.path}" if methods is not None else entry.path
    if caught is None:
        what = f"{entry.endpoint} ({label}) has no route, so the default route answers it"
        return _at(loaded, FindingKind.UNMAPPED, None, what, "`gateway init` adds it")
    what = f"{entry.endpoint} ({label}) has no route, so {shown(caught.id)} answers it and flips with it"
    return _at(loaded, FindingKind.AMBIGUOUS, caught, what, "`gateway init` adds a route for it")


def _converters(loaded: LoadedMap, known: Mapping[str, type[BaseConverter]]) -> list[Finding]:
    return [
        _at(
            loaded,
            FindingKind.CONVERTER,
            loaded.by_id(route),
            f"{shown(route)} uses the converter {shown(name)}, which the application does not have",
            f"use one of {', '.join(sorted(known))}",
        )
        for name, routes in loaded.converters.items()
        if name not in known
        for route in routes
    ]


def _at(loaded: LoadedMap, kind: FindingKind, route: Route | None, what: str, hint: str) -> Finding:
    return Finding(kind, _problem(loaded, route, what, hint))


def _problem(loaded: LoadedMap, route: Route | None, what: str, hint: str) -> Problem:
    line = loaded.line_of(route.id) if route is not None else loaded.line_of(loaded.default.id)
    return Problem(line, 1, what, hint, route=route.id if route is not None else None)
