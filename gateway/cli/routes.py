"""`gateway routes`: the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.cli.options import DEFAULT_MAP, Json, MapFile, Quiet
from gateway.cli.render import MODE_STYLES, Output, plural

if TYPE_CHECKING:
    from gateway.mapfile.loaded import LoadedMap
    from gateway.routing.route import Route


def routes(map_file: MapFile = DEFAULT_MAP, as_json: Json = False, quiet: Quiet = False) -> None:
    """List the routes of the map and the mode of each."""
    from gateway.mapfile.load import read_map  # noqa: PLC0415  help must be quick

    loaded = read_map(map_file)
    output = Output(quiet=quiet)
    if as_json:
        output.json(as_document(loaded))
        return
    rows = [(*_cells(route), _extras(route)) for route in (*loaded.routes, loaded.default)]
    output.table(("ID", "METHODS", "PATH", "MODE", ""), rows, MODE_STYLES)
    output.note(f"{plural(len(loaded.routes), 'route')}, revision {loaded.short_revision}")


def as_document(loaded: LoadedMap) -> dict[str, Any]:
    """The routes for machines: shares and samples in [0, 1], durations in seconds, sizes in bytes."""
    return {
        "path": str(loaded.path),
        "revision": loaded.revision,
        "default": loaded.default.mode.value,
        "routes": [_route(route, loaded) for route in loaded.routes],
    }


def _route(route: Route, loaded: LoadedMap) -> dict[str, Any]:
    canary = route.canary
    return {
        "id": route.id,
        "path": route.path,
        "methods": None if route.methods is None else sorted(route.methods),
        "mode": route.mode.value,
        "line": loaded.line_of(route.id),
        "timeout": route.timeout,
        "canary": canary and {"share": canary.share, "sticky": _sticky(route)},
        "shadow": {
            "active": route.shadows,
            "sample": route.shadow.sample,
            "timeout": route.shadow.timeout,
            "methods": sorted(route.shadow.methods),
            "max_body": route.shadow.max_body,
        },
        "fallback": sorted(trigger.value for trigger in route.fallback),
    }


def _sticky(route: Route) -> str:
    """As the map writes it: `client`, `cookie:NAME` or `header:NAME`."""
    if route.canary is None:
        return ""
    sticky = route.canary.sticky
    return f"{sticky.kind.value}:{sticky.name}" if sticky.name else sticky.kind.value


def _cells(route: Route) -> tuple[str, str, str, str]:
    methods = "any" if route.methods is None else ",".join(sorted(route.methods))
    return route.id, methods, route.path, route.mode.value


def _extras(route: Route) -> str:
    """What the mode does not say: the canary's share, the sample, the fallback."""
    extras = []
    if route.canary is not None and route.mode.value == "canary":
        extras.append(f"{route.canary.share * 100:.4g}% by {_sticky(route)}")
    if route.shadows:
        extras.append(f"sample {route.shadow.sample * 100:.4g}%")
    if route.fallback:
        extras.append("fallback on " + ", ".join(sorted(trigger.value for trigger in route.fallback)))
    return "; ".join(extras)
