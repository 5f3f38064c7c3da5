"""Which function of the running FastAPI application answers a path, and what it is declared with. Nothing is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gateway.wrappers import layers

if TYPE_CHECKING:
    from fastapi import FastAPI


@dataclass(frozen=True, slots=True)
class Answering:
    """A route of v2, its router's prefix included. `response_model` is any annotation, None where there is none."""

    path: str
    methods: frozenset[str]
    endpoint: Callable[..., Any]
    response_model: Any


def fastapi_behind(application: object) -> FastAPI | None:
    """The FastAPI object itself, looked for behind ASGI middleware; None when there is none."""
    from fastapi import FastAPI  # noqa: PLC0415  the command line starts without FastAPI

    return next((layer for layer in layers(application) if isinstance(layer, FastAPI)), None)


def routes_of(app: FastAPI) -> Iterator[Answering]:
    """Every route that has an endpoint, in the order in which they are tried."""
    from fastapi import routing  # noqa: PLC0415  the same

    # Older releases copy the routes of a router into the application; newer ones keep them in it.
    contexts = getattr(routing, "iter_route_contexts", None)
    listed: Iterable[Any] = app.routes if contexts is None else contexts(app.routes)
    for route in listed:
        path, methods, endpoint = (getattr(route, name, None) for name in ("path", "methods", "endpoint"))
        if path and methods and callable(endpoint):
            yield Answering(path, frozenset(methods), endpoint, getattr(route, "response_model", None))


def answering(routes: Iterable[Answering], method: str, path: str) -> Answering | None:
    """The route that would answer a request; None when none does."""
    from starlette.routing import compile_path  # noqa: PLC0415  the same

    for route in routes:
        if method in route.methods and compile_path(route.path)[0].match(path):
            return route
    return None
