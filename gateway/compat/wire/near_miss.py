"""Paths that are not quite a route's: what Flask makes of a missing slash, one too many, or repeated ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from starlette.routing import Match
from starlette.types import Scope

from gateway.compat.wire import paths
from gateway.compat.wire.detour import KEY, Detour, Way

Found = tuple[Match, Scope]


class Matching(Protocol):
    """What is asked of a route: its match with the switches and, `plainly`, without them."""

    chosen: frozenset[str]
    methods: set[str] | None

    def matches(self, scope: Scope) -> Found:
        """FastAPI's match, and what the switches add."""
        ...

    def plainly(self, scope: Scope) -> Found:
        """FastAPI's match."""
        ...

    @property
    def ends_with_slash(self) -> bool:
        """Whether its paths do."""
        ...

    @property
    def takes_rest(self) -> bool:
        """Whether a parameter of its takes the rest of a path, slashes and all."""
        ...


def near_miss(route: Matching, scope: Scope) -> Found:
    """The match of a path that is not the route's; no match where the switches say nothing of it.

    Never a full match but for slashes at the start: another route may have this very path.
    """
    for switch, look in _LOOKS.items():
        if switch in route.chosen:
            found = look(route, scope, scope["path"])
            if found is not None:
                return found
    return Match.NONE, {}


def _slashes_at_start(route: Matching, scope: Scope, path: str) -> Found | None:
    single = paths.with_one_slash_at_start(path)
    if single is not None:
        match, child = route.matches({**scope, "path": single})
        if match is not Match.NONE:
            return match, {KEY: Detour(Way.ON, "routing.merge_slashes"), **child, "path": single}
    once = paths.merged(path)
    return None if once is None else _elsewhere(route, scope, once, "routing.merge_slashes")


def _missing_slash(route: Matching, scope: Scope, path: str) -> Found | None:
    longer = paths.with_slash(path)
    if longer is None or not route.ends_with_slash:
        return None
    return _elsewhere(route, scope, longer, "routing.slash_redirect")


def _empty_rest(route: Matching, scope: Scope, path: str) -> Found | None:
    """FastAPI would redirect to the path with an empty rest, which is none of legacy's."""
    longer = paths.with_slash(path)
    if longer is None or not route.takes_rest or not _is_path(route, scope, longer):
        return None
    return Match.PARTIAL, {KEY: Detour(Way.NOT_FOUND, "params.path_converters")}


def _slash_too_many(route: Matching, scope: Scope, path: str) -> Found | None:
    shorter = paths.without_slash(path)
    if shorter is None or not _is_path(route, scope, shorter):
        return None
    return Match.PARTIAL, {KEY: Detour(Way.NOT_FOUND, "routing.strict_slashes")}


_LOOKS: dict[str, Callable[[Matching, Scope, str], Found | None]] = {
    "routing.merge_slashes": _slashes_at_start,
    "routing.slash_redirect": _missing_slash,
    "params.path_converters": _empty_rest,
    "routing.strict_slashes": _slash_too_many,
}


def _elsewhere(route: Matching, scope: Scope, path: str, switch: str) -> Found | None:
    """The match of a request that would be the route's under another path: a redirect there.

    Flask asks for the method first: with another one, repeated slashes are 405 and a missing one 404.
    """
    match, child = route.matches({**scope, "path": path, "method": _asked_for(route, scope["method"])})
    if match is Match.NONE:
        return None
    if match is Match.FULL:
        return Match.PARTIAL, {KEY: Detour(Way.REDIRECT, switch, path)}
    if KEY not in child and switch == "routing.slash_redirect":
        return Match.PARTIAL, {KEY: Detour(Way.NOT_FOUND, switch, path)}
    return match, {KEY: Detour(Way.ON, switch, path), **child, "path": path}


def _asked_for(route: Matching, method: str) -> str:
    """The method as Flask's rules have it: each of them knows OPTIONS, and those with GET know HEAD."""
    methods = sorted(route.methods or {"GET"})
    if method == "OPTIONS":
        return methods[0]
    return "GET" if method == "HEAD" and "GET" in methods else method


def _is_path(route: Matching, scope: Scope, path: str) -> bool:
    return route.plainly({**scope, "path": path})[0] is not Match.NONE
