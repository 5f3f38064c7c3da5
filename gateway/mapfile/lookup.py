"""A route of the map by its id: what it means, and where it is written."""

from __future__ import annotations

import difflib

from gateway.errors import RouteUnknown
from gateway.mapfile.load import ParsedMap
from gateway.mapfile.loaded import LoadedMap
from gateway.mapfile.splice import NotSpliceable
from gateway.mapfile.yaml import Mapping, Sequence
from gateway.routing.route import DEFAULT_ROUTE_ID, Route


def require_route(loaded: LoadedMap, route_id: str) -> Route:
    """The route of that id, the default route included. Raises RouteUnknown, with the ids that look like it."""
    route = loaded.by_id(route_id)
    if route is not None:
        return route
    near = difflib.get_close_matches(route_id, [*(one.id for one in loaded.routes), DEFAULT_ROUTE_ID], n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "`gateway routes` lists them"
    raise RouteUnknown(f"{loaded.path} has no route {route_id!r}; {hint}")


def block_of(parsed: ParsedMap, route_id: str) -> Mapping | None:
    """The keys of a route, or of the defaults; None when the map has no `defaults:` at all.

    Raises NotSpliceable for a route that is not written as a block of keys.
    """
    items = parsed.root.items
    if route_id == DEFAULT_ROUTE_ID:
        block = items["defaults"][1] if "defaults" in items else None
    else:
        number = [route.id for route in parsed.loaded.routes].index(route_id)
        routes = items["routes"][1]
        block = routes.items[number] if isinstance(routes, Sequence) else routes
    if block is not None and not isinstance(block, Mapping):
        raise NotSpliceable("the route is not a block of keys")
    return block
