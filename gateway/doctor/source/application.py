"""How the application is made: what FastAPI does by itself and Flask does not. Pure."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gateway.doctor.hit import Hit
from gateway.doctor.source.models import request_models
from gateway.doctor.source.module import Place, module_of, nodes_around
from gateway.doctor.source.names import canonical
from gateway.doctor.source.parameters import parameters
from gateway.doctor.source.project import Project
from gateway.doctor.source.roots import endpoints

_HTTP_ERRORS = frozenset({
    "fastapi.HTTPException", "starlette.exceptions.HTTPException", "fastapi.exceptions.StarletteHTTPException",
})  # fmt: skip
_VALIDATION = "fastapi.exceptions.RequestValidationError"


def applications(project: Project) -> Iterator[Hit]:
    """What each `FastAPI(...)` leaves to FastAPI."""
    made = [
        (place, node)
        for place in project.places
        for node in place.nodes
        if isinstance(node, ast.Call) and canonical(project.symbol(node.func, place)) == "fastapi.FastAPI"
    ]
    if not made:
        return
    handled = set(_handled(project))
    answers_head = _answers_head(project)
    for place, node in made:
        options = {one.arg: one.value for one in node.keywords}
        if None in options:
            continue
        slashes = options.get("redirect_slashes")
        if not (isinstance(slashes, ast.Constant) and slashes.value is False):
            yield _hit(
                place, node, "app.redirect-slashes", "FastAPI() redirects to and from a slash at the end with 307"
            )
        if not answers_head and any(one.method in {"get", "api_route"} for one in endpoints(project)):
            yield _hit(place, node, "app.no-head", "nothing here answers HEAD, so it is 405 on every route")
        if not handled & _HTTP_ERRORS and "exception_handlers" not in options:
            yield _hit(place, node, "app.error-body", 'errors go out as `{"detail": ...}`')
        if _VALIDATION not in handled and "exception_handlers" not in options and _validates(project):
            yield _hit(place, node, "app.validation-422", "what does not validate goes out as FastAPI's 422")


def _handled(project: Project) -> Iterator[str]:
    """The exceptions that handlers are registered for."""
    for place in project.places:
        for node in (*place.nodes, *nodes_around(place)):
            match node:
                case ast.Call(
                    func=ast.Attribute(attr="exception_handler" | "add_exception_handler"), args=[handled, *_]
                ):
                    yield project.symbol(handled, place)
                case _:
                    pass


def _answers_head(project: Project) -> bool:
    """Whether HEAD is spoken of anywhere: a route's methods, a middleware."""
    if any(one.method == "head" for one in endpoints(project)):
        return True
    for module in project.modules.values():
        if "HEAD" in module.text and any(
            isinstance(node, ast.Constant) and node.value == "HEAD" for node in ast.walk(module.tree)
        ):
            return True
    return False


def _validates(project: Project) -> bool:
    """Whether any endpoint has a parameter that can fail to validate: of the query, or a body."""
    return bool(request_models(project)) or next(parameters(project), None) is not None


def _hit(place: Place, node: ast.expr, check: str, what: str) -> Hit:
    return Hit(module_of(place).path, node.lineno, node.col_offset + 1, check, what)
