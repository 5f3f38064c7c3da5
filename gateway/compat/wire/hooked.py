"""Legacy's chosen functions around an answer that no endpoint gives: Flask runs them around OPTIONS, too.

A browser asks with OPTIONS whether another site's page may call a path. In most applications a function of Flask-CORS
answers that, after each request; without it the page could no longer call a route that was flipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import Request
from starlette.routing import BaseRoute
from starlette.types import Scope

from gateway.compat.request import legacy_request
from gateway.compat.routes import routes_of
from gateway.compat.skipped import dependencies_of


async def run_chosen_hooks(route: BaseRoute, scope: Scope) -> None:
    """Run the `hooks` that `route` depends on, its routers' included. Raises LegacyAnswer where one of them answers."""
    request = Request(scope)
    for hooks in _chosen(route, scope):
        await hooks(await legacy_request(request), request)


def _chosen(route: BaseRoute, scope: Scope) -> Iterator[Any]:
    places = [place for place in routes_of(scope["app"].router) if getattr(place, "original_route", place) is route]
    # The same router may be included in several places, with other dependencies.
    here = next((place for place in places if place.path_regex.match(scope["path"])), None)
    dependant = getattr(here, "dependant", None)
    if dependant is not None:
        yield from (call for call in dependencies_of(dependant) if hasattr(call, "chosen"))
