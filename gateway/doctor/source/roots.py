"""What runs for a request: endpoints, dependencies, handlers and middleware, and what they call. Pure."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.doctor.source.bindings import marks_of
from gateway.doctor.source.module import Function, Place, nodes_around
from gateway.doctor.source.names import canonical
from gateway.doctor.source.project import Project

METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "trace", "api_route", "route"})
_ROUTERS = ("fastapi.FastAPI()", "fastapi.APIRouter()")
_DEPENDS = frozenset({"fastapi.Depends", "fastapi.Security"})
_CACHED = frozenset({"cache", "lru_cache", "cached_property"})


@dataclass(frozen=True, slots=True, eq=False)
class Endpoint:
    """A function that answers a path. `call` is the decorator that says so; `methods` are in lower case."""

    function: Function
    call: ast.Call
    method: str
    path: str
    router: str

    def option(self, name: str) -> ast.expr | None:
        """A keyword of the decorator."""
        return next((one.value for one in self.call.keywords if one.arg == name), None)


def endpoints(project: Project) -> Iterator[Endpoint]:
    """Every function that is decorated as one, in the order of the source."""
    for function in project.functions.values():
        for mark in function.node.decorator_list:
            if not isinstance(mark, ast.Call) or not isinstance(mark.func, ast.Attribute):
                continue
            router = canonical(project.symbol(mark.func.value, function.parent or function.module))
            if mark.func.attr in METHODS and router in _ROUTERS:
                first = mark.args[0] if mark.args else None
                path = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
                yield Endpoint(function, mark, mark.func.attr, path, router)


def per_request(project: Project) -> list[Function]:
    """Every function of the project that runs for a request, as far as calls can be followed."""
    waiting = [one.function for one in endpoints(project)]
    waiting += [project.functions[name] for name in _named_roots(project) if name in project.functions]
    reached: dict[str, Function] = {}
    while waiting:
        function = waiting.pop(0)
        if function.name in reached or marks_of(function) & _CACHED:
            continue
        reached[function.name] = function
        waiting.extend(target for _, target in calls(project, function))
    return list(reached.values())


def calls(project: Project, function: Function) -> Iterator[tuple[ast.Call, Function]]:
    """The calls of a function that lead to functions of the project; to `__init__` for a class."""
    for node in function.nodes:
        if isinstance(node, ast.Call):
            name = project.symbol(node.func, function)
            target = project.functions.get(name) or project.functions.get(f"{name}.__init__")
            if target is not None:
                yield node, target


def _named_roots(project: Project) -> Iterator[str]:
    """What is handed over by name: dependencies, exception handlers, middleware."""
    for place in project.places:
        for node in (*place.nodes, *nodes_around(place)):
            if isinstance(node, ast.Call):
                yield from _handed_over(project, node, place)
    for owner in project.classes.values():
        if any(base.endswith("BaseHTTPMiddleware") for base in project.ancestors(owner)[1]):
            yield f"{owner.name}.dispatch"


def _handed_over(project: Project, node: ast.Call, place: Place) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Attribute(attr="add_exception_handler"), args=[_, handler, *_]):
            yield project.symbol(handler, place)
        case ast.Call(func=ast.Attribute(attr="add_middleware"), args=[middleware, *_]):
            name = project.symbol(middleware, place)
            yield from (f"{name}.__call__", f"{name}.dispatch")
        case ast.Call(args=[dependency, *_]) if canonical(project.symbol(node.func, place)) in _DEPENDS:
            name = project.symbol(dependency, place)
            yield from (name, f"{name}.__init__", f"{name.removesuffix('()')}.__call__")
        case _:
            pass
