"""The route table: the map, compiled once, immutable, asked for every request.

Matching is werkzeug's own state machine, so precedence and converters are those of the legacy application: the most
specific template wins whatever the file's order. It is the one place where the core may import werkzeug.

The decision of a request, in order:
1. canonical path             the route of that path and method
2. legacy alone may answer    every reading of the target leads to a route that only legacy serves: it passes byte for
                              byte, since it passed before the gateway was there. An ambiguous target must be on a route
                              that the map names, unless the whole map is legacy's
3. `OPTIONS *`               the default route, as long as legacy alone serves it
4. duplicate slashes          308 to the canonical path (GET, HEAD), 400 otherwise
5. anything else              400
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.routing import BaseConverter, Map, Rule
from werkzeug.routing.exceptions import NoMatch, RequestPath
from werkzeug.routing.matcher import StateMachineMatcher

from gateway.exchange import Side
from gateway.routing.canonical import Ambiguous, Canonical, Repairable, TooLong, canonicalise
from gateway.routing.mode import Mode
from gateway.routing.plan import may_serve
from gateway.routing.route import SAFE_METHODS, Route

_CACHE_SIZE = 4096


@dataclass(frozen=True, slots=True)
class Routed:
    """The request goes to `route`. `verbatim`: the path was not canonical, and legacy alone sees it, unchanged."""

    route: Route
    path: str
    raw_path: bytes
    verbatim: bool = False


@dataclass(frozen=True, slots=True)
class Redirected:
    """308 to `raw_path`, the canonical spelling; the query is the request's own."""

    raw_path: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """No side is asked. `reason` is a label of `gateway_rejected_total`."""

    status: int
    reason: str


Resolution = Routed | Redirected | Rejected


class AnySegment(BaseConverter):
    """Stands in for a converter that only a remote legacy application knows: any one segment, arguments ignored."""

    def __init__(self, url_map: Map, *_args: Any, **_kwargs: Any) -> None:
        super().__init__(url_map)


class RouteTable:
    """One revision of the map, ready to be asked."""

    def __init__(
        self,
        routes: Iterable[Route],
        default: Route,
        *,
        revision: str,
        converters: Mapping[str, type[BaseConverter]] | None = None,
        force: Side | None = None,
        adds_headers: bool = False,
    ) -> None:
        """Compile.

        `converters` are those of the legacy application beside werkzeug's own. `force` sends every route to one side.
        `adds_headers` puts `X-Served-By` and `X-Request-ID` on answers; without it they pass unchanged.
        Raises ValueError or LookupError for a template that werkzeug refuses; the map's loader finds those first.
        """
        self.revision = revision
        self.adds_headers = adds_headers
        self._written = (tuple(routes), default)
        self._matcher = _compile(self._written[0], converters or {})
        self._apply(force)

    def __repr__(self) -> str:
        return f"<RouteTable {self.revision[:12]} routes={len(self.routes)} cached={len(self._cache)}>"

    def under(self, force: Side | None) -> RouteTable:
        """The same map with every route sent to one side, or as it was written. Nothing is compiled."""
        table = copy(self)
        table._apply(force)  # noqa: SLF001 # ourselves
        return table

    def _apply(self, force: Side | None) -> None:
        routes, default = self._written
        self.routes = tuple(_forced(route, force) for route in routes)
        self.default = _forced(default, force)
        self._legacy_only = all(not may_serve(route, Side.V2) for route in (*self.routes, self.default))
        self._by_id = {route.id: route for route in (*self.routes, self.default)}
        self._cache: dict[tuple[str, bytes], Resolution] = {}

    def by_id(self, route_id: str) -> Route | None:
        """The route of that id, the default route included."""
        return self._by_id.get(route_id)

    def match(self, method: str, path: str) -> Route:
        """The route of a canonical path. Total: the default route always matches.

        A path that lacks the trailing slash of its template belongs to that template, so that whoever owns the route
        answers with its own redirect.
        """
        try:
            return self._by_id[self._find(method, path)]
        except RequestPath as slash:
            return self._by_id[self._find(method, slash.path_info)]
        except (NoMatch, ValueError, OverflowError):
            # ValueError: int() refuses more than 4,300 digits. The default route's application answers for it.
            return self.default

    def resolve(self, method: str, raw_path: bytes) -> Resolution:
        """Decide a request by its target. Total, and cached by the exact target."""
        key = (method, raw_path)
        resolution = self._cache.get(key)
        if resolution is None:
            resolution = self._decide(method, raw_path)
            if len(self._cache) >= _CACHE_SIZE:
                self._cache.clear()
            self._cache[key] = resolution
        return resolution

    def _find(self, method: str, path: str) -> str:
        rule, _ = self._matcher.match("", path, method, websocket=False)
        return str(rule.endpoint)

    def _decide(self, method: str, raw_path: bytes) -> Resolution:
        target = canonicalise(raw_path)
        match target:
            case Canonical(path, raw):
                return Routed(self.match(method, path), path, raw)
            case TooLong(reason):
                return Rejected(414, reason)
            case Repairable(canonical, reason):
                route = self.match(method, canonical.path)
                if not may_serve(route, Side.V2):
                    return Routed(route, canonical.path, raw_path, verbatim=True)
                return Redirected(canonical.raw, reason) if method in SAFE_METHODS else Rejected(400, reason)
            case Ambiguous(reason, literal, _):
                owner = self._legacy_owner(method, target)
                return Rejected(400, reason) if owner is None else Routed(owner, literal, raw_path, verbatim=True)

    def _legacy_owner(self, method: str, target: Ambiguous) -> Route | None:
        """The route of an ambiguous target that only legacy can be asked for, however it is read; None if unsure."""
        route = self._match_reading(method, target.literal)
        if self._legacy_only:
            return route
        if method == "OPTIONS" and target.literal == "*":
            return None if may_serve(self.default, Side.V2) else self.default
        owners = [route, *(self._match_reading(method, reading) for reading in target.readings)]
        if route is self.default or any(may_serve(owner, Side.V2) for owner in owners):
            return None
        return route

    def _match_reading(self, method: str, path: str) -> Route:
        return self.match(method, path if path.startswith("/") else f"/{path}")


def _forced(route: Route, force: Side | None) -> Route:
    if force is None:
        return route
    return replace(route, mode=Mode.LEGACY if force is Side.LEGACY else Mode.V2, shadows=False)


def _compile(routes: tuple[Route, ...], converters: Mapping[str, type[BaseConverter]]) -> StateMachineMatcher:
    # merge_slashes is off because canonical paths have no double slash; redirects are the application's business.
    url_map = Map(converters={name: _without_lookup(kind) for name, kind in converters.items()}, merge_slashes=False)
    matcher = StateMachineMatcher(merge_slashes=False)
    # HEAD and OPTIONS follow the route. Where several routes share a template, OPTIONS follows the one that has GET.
    for route in sorted(routes, key=lambda route: route.methods is not None and "GET" not in route.methods):
        methods = None if route.methods is None else {*route.methods, "OPTIONS"}
        rule = Rule(route.path, endpoint=route.id, methods=methods)
        url_map.add(rule)
        matcher.add(rule)
    matcher.update()
    return matcher


def _without_lookup(kind: type[BaseConverter]) -> type[BaseConverter]:
    """The application's converter with its pattern and weight, but without `to_python`.

    Some applications load a row from the database there. The pattern decides the route, the application the rest.
    """

    def to_python(_self: BaseConverter, value: str) -> str:
        return value

    return type(kind.__name__, (kind,), {"to_python": to_python})
