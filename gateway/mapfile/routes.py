"""From what the operator wrote to what runs: defaults filled in, units plain. Pure.

A block of a route (`shadow`, `canary`) is laid over that of the defaults key by key; `fallback` replaces it.
"""

from __future__ import annotations

from typing import Any

from gateway.mapfile.block import Block
from gateway.mapfile.loaded import AsgiBackend, Backends, BackendSpec, UrlBackend, WsgiBackend
from gateway.mapfile.schema import Backend, Defaults, Document, Policies, RouteEntry
from gateway.mapfile.values import sticky_of
from gateway.routing.mode import Mode
from gateway.routing.route import DEFAULT_ROUTE_ID, Canary, FallbackTrigger, Route, ShadowPolicy, Sticky

DEFAULT_PATH = "/<path:rest>"


def default_route(defaults: Defaults) -> Route:
    """What answers when no route matches: the defaults, for every path and method."""
    return Route(
        id=DEFAULT_ROUTE_ID, path=DEFAULT_PATH, mode=defaults.mode, **_policies(defaults, defaults, defaults.mode)
    )


def route_of(entry: RouteEntry, defaults: Defaults) -> Route:
    """An entry, with the defaults for what it does not say."""
    mode = entry.mode if entry.mode is not None else defaults.mode
    methods = frozenset(entry.methods) if entry.methods is not None else None
    return Route(id=entry.id, path=entry.path, mode=mode, methods=methods, **_policies(entry, defaults, mode))


def backends_of(document: Document) -> Backends:
    """Where the two sides run."""
    return Backends(legacy=_backend(document.backends.legacy), v2=_backend(document.backends.v2))


def _backend(written: Backend) -> BackendSpec:
    if written.wsgi is not None:
        return WsgiBackend(written.wsgi, written.threads)
    if written.asgi is not None:
        return AsgiBackend(written.asgi, written.isolation)
    return UrlBackend(written.url or "")


def _policies(own: Policies, defaults: Defaults, mode: Mode) -> dict[str, Any]:
    timeout = own.timeout or defaults.timeout
    given = own.shadow is not None or defaults.shadow is not None
    return {
        **({"timeout": timeout} if timeout is not None else {}),
        "canary": _canary(_laid_over(defaults.canary, own.canary)),
        "shadow": _shadow(_laid_over(defaults.shadow, own.shadow)),
        "shadows": mode is Mode.SHADOW or (given and mode is not Mode.LEGACY),
        "fallback": _fallback(own, defaults),
    }


def _laid_over(below: Block | None, above: Block | None) -> dict[str, Any]:
    """The keys of both blocks; those of the upper one win."""
    return {
        name: value
        for block in (below, above)
        if block is not None
        for name in type(block).model_fields
        if (value := getattr(block, name)) is not None
    }


def _canary(keys: dict[str, Any]) -> Canary | None:
    if "percent" not in keys:
        return None
    sticky = sticky_of(keys["sticky"]) if "sticky" in keys else Sticky()
    return Canary(share=keys["percent"] / 100, sticky=sticky)


def _shadow(keys: dict[str, Any]) -> ShadowPolicy:
    if "methods" in keys:
        keys["methods"] = frozenset(keys["methods"])
    return ShadowPolicy(**keys)


def _fallback(own: Policies, defaults: Defaults) -> frozenset[FallbackTrigger]:
    written = own.fallback if own.fallback is not None else defaults.fallback
    return frozenset(written.on) if written is not None else frozenset()
