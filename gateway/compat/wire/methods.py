"""Which methods a path has, and HEAD where there is GET."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.routing import BaseRoute, Match
from starlette.types import Scope

_METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")


def allowed(routes: Iterable[BaseRoute], scope: Scope) -> list[str]:
    """The methods that Flask's `Allow` names at this path, sorted; empty where nothing has it.

    HEAD goes with GET, and OPTIONS with any.
    """
    every = list(routes)
    found = {
        method
        for method in _METHODS
        if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in every)
    }
    if not found:
        return []
    return sorted(found | {"OPTIONS"} | ({"HEAD"} if "GET" in found else set()))
