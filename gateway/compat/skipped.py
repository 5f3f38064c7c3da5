"""Which of legacy's functions around a request no longer run for a route that v2 answers. `gateway doctor` prints it.

    for route in routes_of(fastapi_app.router):
        for skipped in skipped_hooks(flask_app, "employees.get", route): ...

Reads the two applications, changes nothing, and needs no request.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi.dependencies.models import Dependant

from gateway.compat import csrf, hooks, request
from gateway.compat.around import Hook

if TYPE_CHECKING:
    from flask import Flask

_KINDS = {
    "url_value_preprocessor": "url_value_preprocessors",
    "before_request": "before_request_funcs",
    "after_request": "after_request_funcs",
    "teardown_request": "teardown_request_funcs",
}


@dataclass(frozen=True, slots=True)
class SkippedHook:
    """A function that Flask ran around the legacy route, and that nothing runs around the v2 route.

    `kind` is Flask's decorator. `blueprint` is None for one of the whole application. `file` and `line` say where it
    was written, empty and 0 where that cannot be told. `extension` is the package that registered it, empty for the
    application's own. `instead` says in one line what keeps its work on v2.
    """

    kind: str
    name: str
    blueprint: str | None
    file: str
    line: int
    extension: str
    instead: str


def skipped_hooks(app: Flask, endpoint: str, route: Any = None) -> tuple[SkippedHook, ...]:
    """What ran around legacy's `endpoint` and does not around v2's `route`, in the order in which Flask ran it.

    `route` is one of `routes_of`'s; without, everything that a naive port would lose. What the route's own dependencies
    keep is left out.
    """
    dependant = getattr(route, "dependant", None)
    used = frozenset[Any]() if dependant is None else frozenset(dependencies_of(dependant))
    names = tuple(name for call in used if (chosen := getattr(call, "chosen", None)) for name in chosen.names)
    return tuple(
        _described(app, kind, blueprint, function)
        for kind, blueprint, function in functions_around(app, endpoint)
        if not any(hooks.is_named(function, name) for name in names) and not _is_kept(app, function, used)
    )


def functions_around(app: Flask, endpoint: str) -> Iterator[tuple[str, str | None, Hook]]:
    """Kind, blueprint and function of everything that Flask runs around a view, in its order."""
    blueprint, _, _ = endpoint.rpartition(".")
    parts = blueprint.split(".") if blueprint else []
    scopes = (None, *(".".join(parts[: number + 1]) for number in range(len(parts))))
    for kind, attribute in _KINDS.items():
        registered = getattr(app, attribute)
        found = [(kind, scope, function) for scope in scopes for function in registered.get(scope, ())]
        yield from found if kind in {"url_value_preprocessor", "before_request"} else reversed(found)


def dependencies_of(dependant: Dependant) -> Iterator[Any]:
    """Every callable that a route depends on, its routers' included."""
    for inner in dependant.dependencies:
        if inner.call is not None:
            yield inner.call
        yield from dependencies_of(inner)


def _is_kept(app: Flask, function: Hook, used: frozenset[Any]) -> bool:
    """Whether a part of compat that the route uses does the function's work."""
    if function == _remember_me(app):
        return request.legacy_request in used
    return _is_csrf(function) and csrf.csrf_protect in used


def _described(app: Flask, kind: str, blueprint: str | None, function: Hook) -> SkippedHook:
    plain = inspect.unwrap(getattr(function, "__func__", function))
    code = getattr(plain, "__code__", None)
    file, line = (code.co_filename, code.co_firstlineno) if code is not None else ("", 0)
    name = hooks.name_of(function)
    package = name.partition(".")[0]
    own = package == app.import_name.partition(".")[0]
    extension = "" if own or "site-packages" not in file else package
    return SkippedHook(kind, name, blueprint, file, line, extension, _instead(app, kind, function, name))


def _instead(app: Flask, kind: str, function: Hook, name: str) -> str:
    if function == _remember_me(app):
        return "any dependency of gateway.compat's on the session or the login keeps the remember-me cookie"
    if _is_csrf(function):
        return "dependencies=[Depends(gateway.compat.csrf.csrf_protect)]"
    if kind == "url_value_preprocessor":
        return "a dependency of v2's own that reads the path's values"
    return (
        f'dependencies=[Depends(gateway.compat.hooks.hooks("{name.rpartition(".")[2]}"))], or a middleware of v2\'s own'
    )


def _remember_me(app: Flask) -> Any:
    manager = getattr(app, "login_manager", None)
    return None if manager is None else manager._update_remember_cookie  # noqa: SLF001 - it is what Flask-Login registers


def _is_csrf(function: Hook) -> bool:
    return hooks.name_of(function) == "flask_wtf.csrf.CSRFProtect.init_app.csrf_protect"
