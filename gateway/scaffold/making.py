"""Stubs for routes of a map: the legacy application is imported, read and, where it was recorded, asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gateway.anatomy.view import view_of
from gateway.errors import ImportFailed, RouteUnknown
from gateway.mapfile.inventory import methods_of
from gateway.mapfile.loaded import LoadedMap, WsgiBackend
from gateway.mapfile.lookup import require_route
from gateway.mapfile.templates import shape
from gateway.routing.route import Route
from gateway.scaffold.formatting import formatted, has_formatter
from gateway.scaffold.module import in_order, module_text
from gateway.scaffold.observations import Observations, Seen, of_evidence
from gateway.scaffold.parity_test import asked_of, parity_test_text
from gateway.scaffold.plan import plan_stub
from gateway.scaffold.protection import is_csrf_protected
from gateway.scaffold.stub import Stub

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.routing import Rule

    from gateway.evidence.store import EvidenceStore

AFTER = "after_request_funcs"
HOOKS = ("before_request_funcs", AFTER)


@dataclass(slots=True)
class Made:
    """Two files' texts, and what to tell people: route id -> sentences about what was not understood."""

    module: str
    tests: str
    stubs: list[Stub]
    puzzles: dict[str, list[str]] = field(default_factory=dict)
    is_formatted: bool = True


@dataclass(frozen=True, slots=True)
class Source:
    """Where stubs are read from."""

    flask: Flask
    legacy: str
    root: Path
    seen: Sequence[Seen] = ()
    """What was recorded, of any route."""
    evidence: EvidenceStore | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Where the texts will be. `module` is the dotted name that the tests import the routes by."""

    file: Path
    tests: Path
    module: str


def legacy_of(loaded: LoadedMap) -> str:
    """The import string of the map's legacy application. Raises ImportFailed for a remote one."""
    backend = loaded.backends.legacy
    if isinstance(backend, WsgiBackend):
        return backend.import_string
    raise ImportFailed(
        "the map's legacy application runs elsewhere, so its views cannot be read: run this where it can be imported, "
        "with a map that names it by `wsgi`"
    )


def make(loaded: LoadedMap, ids: Iterable[str], source: Source, target: Target) -> Made:
    """The stubs of some routes, as text.

    Raises RouteUnknown for an id that the map lacks, or that legacy has no rule for.
    """
    routes = [require_route(loaded, route_id) for route_id in dict.fromkeys(ids)]
    return _made([(route, list(_stubs(route, source))) for route in routes], source, target)


def make_all(loaded: LoadedMap, source: Source, target: Target) -> Made:
    """The stubs of every route that legacy has a rule for; the others are puzzles."""
    planned: list[tuple[Route, list[_Planned]]] = []
    without: dict[str, list[str]] = {}
    for route in loaded.routes:
        try:
            planned.append((route, list(_stubs(route, source))))
        except RouteUnknown as error:
            without[route.id] = [str(error)]
    made = _made(planned, source, target)
    made.puzzles |= without
    return made


_Planned = tuple[Stub, Observations]


def _made(planned: Iterable[tuple[Route, list[_Planned]]], source: Source, target: Target) -> Made:
    every = [one for _, stubs in planned for one in stubs]
    seen_by = {id(stub): observed.seen for stub, observed in every}
    ordered = in_order([stub for stub, _ in every])
    asked = [(stub, asked_of(stub, seen_by[id(stub)])) for stub in ordered]
    puzzles: dict[str, list[str]] = {}
    for stub in ordered:
        if stub.puzzles:
            puzzles.setdefault(stub.route_id, []).extend(stub.puzzles)
    return Made(
        formatted(module_text(ordered, source.legacy), target.file),
        formatted(parity_test_text(asked, legacy=source.legacy, module=target.module), target.tests),
        ordered,
        puzzles,
        has_formatter(),
    )


def _stubs(route: Route, source: Source) -> Iterator[_Planned]:
    observed = _observed(route, source)
    rules = [rule for rule in source.flask.url_map.iter_rules() if not rule.build_only and not rule.websocket]
    fitting = [rule for rule in rules if shape(rule.rule) == shape(route.path)]
    wanted = sorted(route.methods - {"HEAD", "OPTIONS"}) if route.methods is not None else None
    answered: set[str] = set()
    for rule in fitting:
        for method in wanted or methods_of(rule) or ("GET",):
            if method in answered or (rule.methods is not None and method not in rule.methods):
                continue
            answered.add(method)
            yield _stub(route, rule, method, source, observed), observed
    if not answered:
        raise RouteUnknown(
            f'legacy has no rule for "{route.id}" ({", ".join(wanted or ["any method"])} {route.path}): a stub is '
            "written for one rule, so give each rule a route of its own (`gateway init` does)"
        )


def _stub(route: Route, rule: Rule, method: str, source: Source, observed: Observations) -> Stub:
    endpoint = str(rule.endpoint)
    view = view_of(source.flask, endpoint, method, source.root)
    hooks = _hooks(source.flask, endpoint)
    csrf = is_csrf_protected(source.flask, endpoint, method)
    defaults: Mapping[str, Any] = rule.defaults or {}
    return plan_stub(route.id, rule.rule, view, observed, hooks=hooks, csrf=csrf, defaults=dict(defaults))


def _hooks(flask: Flask, endpoint: str) -> list[str]:
    """The functions around the endpoint that a stub runs: the application's own, and what extensions add to answers.

    What extensions do before a request has a part of compat of its own (CSRF), and so has Flask-Login's cookie.
    """
    from gateway.compat.hooks import name_of  # noqa: PLC0415  FastAPI's world

    parts = endpoint.split(".")[:-1]
    scopes: list[str | None] = [None, *(".".join(parts[: count + 1]) for count in range(len(parts)))]
    own = flask.import_name.partition(".")[0]
    names: dict[str, None] = {}
    for attribute in HOOKS:
        registered = getattr(flask, attribute)
        for scope in scopes:
            for function in registered.get(scope, ()):
                name = name_of(function)
                extends = attribute == AFTER and not name.startswith("flask_login.")
                if name.partition(".")[0] == own or extends:
                    names[name] = None
    return list(names)


def _observed(route: Route, source: Source) -> Observations:
    found = of_evidence(source.evidence, route.id) if source.evidence is not None else Observations()
    found.seen += [one for one in source.seen if _is_for(route, one, source.flask)]
    return found


def _is_for(route: Route, seen: Seen, flask: Flask) -> bool:
    """Whether legacy would take a recorded request for the route's rule."""
    from werkzeug.exceptions import HTTPException  # noqa: PLC0415  the command line starts without werkzeug
    from werkzeug.routing import RequestRedirect  # noqa: PLC0415  the same

    if route.methods is not None and seen.method not in route.methods | ({"HEAD"} if "GET" in route.methods else set()):
        return False
    adapter = flask.url_map.bind("localhost")
    try:
        rule, _ = adapter.match(seen.target.partition("?")[0], seen.method, return_rule=True)
    except (HTTPException, RequestRedirect):
        return False
    return shape(rule.rule) == shape(route.path)
