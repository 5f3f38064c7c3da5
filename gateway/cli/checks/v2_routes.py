"""The map against v2's own routes: a route that is flipped to where nothing answers is an outage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from gateway.doctor.finding import Finding, warning
from gateway.mapfile.templates import sample
from gateway.routing.mode import Mode

if TYPE_CHECKING:
    from gateway.mapfile.loaded import LoadedMap
    from gateway.routing.route import Route

USUAL = ("GET", "POST", "PUT", "PATCH", "DELETE")


def check_v2(loaded: LoadedMap, v2: object) -> Iterator[Finding]:
    """Routes that v2 is asked for without having them; nothing for an application that does not list its routes."""
    listed = getattr(v2, "routes", None)
    if not isinstance(listed, list):
        return
    for route in loaded.routes:
        # What is behind `<path:rest>` is a part of the application, which need not answer the path of a sample.
        path = None if "<path:" in route.path else sample(route.path)
        if route.mode is Mode.LEGACY or path is None:
            continue
        missing = _missing(route, listed, path)
        if missing:
            yield warning(
                "map.not-in-v2",
                f"{route.id} is in mode {route.mode}, but v2 has no route for {', '.join(missing)} {path}",
                "write it in v2 before this mode, or take the method out of the route",
                f"{loaded.path}:{loaded.line_of(route.id)}",
            )


def _missing(route: Route, routes: Iterable[Any], path: str) -> list[str]:
    """The methods of the route that v2 does not answer; for a route of every method, that it answers none."""
    if route.methods is None:
        return [] if any(_answers(routes, method, path) for method in USUAL) else ["any method of"]
    return [method for method in sorted(route.methods - {"HEAD", "OPTIONS"}) if not _answers(routes, method, path)]


def _answers(routes: Iterable[Any], method: str, path: str) -> bool:
    """Whether Starlette would hand the request to one of the routes."""
    from starlette.routing import Match  # noqa: PLC0415  the command line starts without starlette

    scope = {"type": "http", "method": method, "path": path, "root_path": "", "headers": [], "query_string": b""}
    return any(route.matches(dict(scope))[0] is Match.FULL for route in routes if hasattr(route, "matches"))
