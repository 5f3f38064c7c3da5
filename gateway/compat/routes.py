"""Every route of a FastAPI application, those of included routers with their prefixes and dependencies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from fastapi import routing
from starlette.routing import Router


def routes_of(router: Router) -> Iterator[Any]:
    """Objects with `name`, `path`, `methods`, `endpoint` and `param_convertors`, and `dependant` for FastAPI's own.

    FastAPI copied the routes of an included router into its parent until some release after 0.132; it then keeps the
    router as it is, and `iter_route_contexts` says what its routes are in their place.
    """
    expand: Callable[[Any], Iterator[Any]] = getattr(routing, "iter_route_contexts", iter)
    yield from expand(router.routes)
