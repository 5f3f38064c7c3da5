"""What refuses a request on legacy before its view runs, as dependencies of v2: CSRF, logins, tokens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from gateway.anatomy.guards import Guard
from gateway.scaffold.annotations import literal
from gateway.scaffold.stub import Dependency

if TYPE_CHECKING:
    from flask import Flask

_LOGINS = frozenset({"login_required", "fresh_login_required"})
_TOKEN_OPTIONS = frozenset({"optional", "fresh", "refresh", "locations", "verify_type", "skip_revocation_check"})
CSRF = Dependency("gateway.compat.csrf", "csrf_protect", "csrf_protect")


def protections(guards: Iterable[Guard]) -> tuple[list[Dependency], list[str]]:
    """The dependencies that guards are in v2, and sentences about those that nobody here knows."""
    known: list[Dependency] = []
    puzzles: list[str] = []
    for guard in guards:
        found = _dependency(guard)
        if found is None:
            puzzles.append(f"it is wrapped in @{guard.text}: do here what that does")
        else:
            known.append(found)
    return known, puzzles


def is_csrf_protected(flask: Flask, endpoint: str, method: str) -> bool:
    """Whether Flask-WTF's `CSRFProtect` looks for a token before this view runs."""
    protect = flask.extensions.get("csrf")
    config = flask.config
    if protect is None or not config.get("WTF_CSRF_CHECK_DEFAULT", True):
        return False
    if method not in config.get("WTF_CSRF_METHODS", ()):
        return False
    view = flask.view_functions[endpoint]
    place = f"{view.__module__}.{view.__name__}"
    blueprint = flask.blueprints.get(endpoint.rpartition(".")[0])
    return place not in getattr(protect, "_exempt_views", ()) and blueprint not in getattr(
        protect, "_exempt_blueprints", ()
    )


def _dependency(guard: Guard) -> Dependency | None:
    package, _, word = guard.name.rpartition(".")
    if package == "flask_login" and word in _LOGINS:
        return Dependency("gateway.compat.login", word, word)
    if package != "flask_jwt_extended" or word != "jwt_required" or guard.options is None:
        return None
    if not {name for name, _ in guard.options} <= _TOKEN_OPTIONS:
        return None
    options = ", ".join(f"{name}={literal(value)}" for name, value in guard.options)
    return Dependency("gateway.compat.jwt", word, f"{word}({options})")
