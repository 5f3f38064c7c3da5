"""What legacy runs around the requests of a blueprint, and v2 does not."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gateway.backends.explain import is_own_code
from gateway.doctor.hit import Hit

if TYPE_CHECKING:
    from flask import Flask

_KINDS: Mapping[str, str] = {
    "before_request_funcs": "before",
    "after_request_funcs": "after",
    "teardown_request_funcs": "at the end of",
}
OWNERS: Mapping[str, str] = {
    "flask_cors": "Flask-CORS",
    "flask_jwt_extended": "Flask-JWT-Extended",
    "flask_limiter": "Flask-Limiter",
    "flask_login": "Flask-Login",
    "flask_wtf": "Flask-WTF",
    "flask_talisman": "Flask-Talisman",
    "flask_compress": "Flask-Compress",
    "flask_session": "Flask-Session",
    "flask_babel": "Flask-Babel",
    "flask_debugtoolbar": "Flask-DebugToolbar",
    "prometheus_flask_exporter": "prometheus-flask-exporter",
}


@dataclass(frozen=True, slots=True)
class Hook:
    """A function that Flask runs around requests. `name` is `module.function`; `kind` is when, in words."""

    name: str
    kind: str
    path: str
    line: int
    owner: str = ""


def hooks_around(flask: Flask, endpoint: str, root: Path) -> Iterator[Hook]:
    """The hooks of the application and of the endpoint's blueprints, the outer ones first."""
    parts = endpoint.split(".")[:-1]
    names: list[str | None] = [None, *(".".join(parts[: count + 1]) for count in range(len(parts)))]
    for attribute, kind in _KINDS.items():
        registered: Mapping[str | None, list[Callable[..., Any]]] = getattr(flask, attribute)
        for name in names:
            for function in registered.get(name, ()):
                yield _hook(function, kind, root)


def skipped_hooks(flask: Flask, migrated: Mapping[str, str], root: Path) -> Iterator[Hit]:
    """One finding for each hook that a migrated route does without. `migrated` is route id -> legacy endpoint."""
    routes: dict[Hook, list[str]] = {}
    for route, endpoint in migrated.items():
        for hook in dict.fromkeys(hooks_around(flask, endpoint, root)):
            routes.setdefault(hook, []).append(route)
    for hook, ids in routes.items():
        whose = f"{hook.owner}'s {hook.name}" if hook.owner else hook.name
        what = f"{whose} runs {hook.kind} a request in legacy, and not for {_some(ids)}"
        yield Hit(hook.path, hook.line, 1, "hook.skipped", what, hook.name)


def _hook(function: Callable[..., Any], kind: str, root: Path) -> Hook:
    plain = inspect.unwrap(getattr(function, "func", function))
    plain = getattr(plain, "__func__", plain)
    module = getattr(plain, "__module__", "") or ""
    name = f"{module}.{getattr(plain, '__name__', type(plain).__name__)}"
    code = getattr(plain, "__code__", None)
    file = code.co_filename if code is not None else ""
    if file and is_own_code(file) and Path(file).is_relative_to(root):
        shown = str(Path(file).relative_to(root))
    else:
        shown = f"{module.replace('.', '/')}.py"
    owner = OWNERS.get(module.partition(".")[0], "")
    return Hook(name, kind, shown, code.co_firstlineno if code is not None else 1, owner)


def _some(ids: Iterable[str], most: int = 3) -> str:
    known = list(ids)
    rest = len(known) - most
    return ", ".join(known[:most]) + (f" and {rest} more" if rest > 0 else "")
