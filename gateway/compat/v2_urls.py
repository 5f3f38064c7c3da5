"""URLs of v2's routes by their names, for v2's own pages and for legacy's templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from starlette.routing import NoMatchFound, Router

from gateway.compat.routes import routes_of

if TYPE_CHECKING:
    from flask import Flask

_PATH_SAFE = "!$&'()*+,/:;=@"
"""What Werkzeug leaves as it is in a path; Starlette escapes nothing."""


def url_in_v2(router: Router, name: str, values: dict[str, Any]) -> str:
    """The path of a v2 route with `values`, those that it has no place for as the query.

    Raises NoMatchFound.
    """
    for route in routes_of(router):
        if route.name != name:
            continue
        wanted = set(route.param_convertors)
        inside = {key: value for key, value in values.items() if key in wanted}
        if inside.keys() == wanted:
            query = {key: value for key, value in values.items() if key not in wanted and value is not None}
            path = quote(str(router.url_path_for(name, **inside)), safe=_PATH_SAFE)
            return f"{path}?{urlencode(query, doseq=True)}" if query else path
    raise NoMatchFound(name, values)


def teach(app: Flask, router: Router, prefix: str) -> None:
    """Let legacy's `url_for` know v2's routes as `prefix.name`. Handlers are asked in turn: once is enough."""
    from flask import has_request_context, request  # noqa: PLC0415 - with Flask only

    def build(error: Exception, endpoint: str, values: dict[str, Any]) -> str:
        if not endpoint.startswith(f"{prefix}."):
            raise error
        given = {key: value for key, value in values.items() if not key.startswith("_")}
        try:
            found = url_in_v2(router, endpoint.removeprefix(f"{prefix}."), given)
        except NoMatchFound:
            raise error from None
        return (request.script_root if has_request_context() else "") + found

    app.url_build_error_handlers.append(build)
