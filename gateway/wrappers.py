"""What is wrapped around a WSGI application, and what the proxies that it believes make of a request.

layers(application)                 it and everything that it wraps, from the outside in
proxies_of(application)             Werkzeug's ProxyFix among them
as_forwarded(environ, proxies)      the environ as the application behind them sees it
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any
from wsgiref.types import StartResponse, WSGIEnvironment

if TYPE_CHECKING:
    from werkzeug.middleware.proxy_fix import ProxyFix

MAX_WRAPPERS = 200
"""How many objects are looked at for the Flask application behind wrappers."""


def layers(application: object) -> Iterator[object]:
    """`application` and everything that it wraps, from the outside in, each once."""
    seen: set[int] = set()
    queue = [application]
    while queue and len(seen) < MAX_WRAPPERS:
        layer = queue.pop(0)
        if id(layer) in seen:
            continue
        seen.add(id(layer))
        yield layer
        queue.extend(_wrapped_by(layer))


def _wrapped_by(layer: object) -> Iterator[object]:
    """What `layer` may wrap: the callables that it holds."""
    if isinstance(layer, type) or inspect.ismodule(layer):
        return
    if inspect.ismethod(layer):
        yield layer.__self__
    for value in _held_by(layer):
        if callable(value) and not isinstance(value, type):
            yield value


def _held_by(layer: object) -> list[object]:
    if inspect.isfunction(layer):
        names = (layer.__globals__.get(name) for name in layer.__code__.co_names)
        cells = (cell.cell_contents for cell in layer.__closure__ or () if _filled(cell))
        return [*cells, *names]
    try:
        held = vars(layer)
    except (TypeError, RuntimeError):  # no attributes, or one of Flask's proxies (`request`) without a request
        return []
    # Flask's own wrappers are all in `wsgi_app`; its views and hooks wrap nothing.
    return [held.get("wsgi_app")] if hasattr(type(layer), "wsgi_app") else list(held.values())


def _filled(cell: Any) -> bool:
    """Whether a closure's cell has a value yet."""
    try:
        cell.cell_contents  # noqa: B018  reading it is the test: an empty cell raises
    except ValueError:
        return False
    return True


def proxies_of(application: object) -> tuple[ProxyFix, ...]:
    """Every ProxyFix around a WSGI application, the outermost first."""
    from werkzeug.middleware.proxy_fix import ProxyFix  # noqa: PLC0415  a remote legacy needs no werkzeug middleware

    return tuple(layer for layer in layers(application) if isinstance(layer, ProxyFix))


def as_forwarded(environ: WSGIEnvironment, proxies: Sequence[ProxyFix]) -> WSGIEnvironment:
    """`environ`, changed in place as these do it: address, scheme, host and prefix of `X-Forwarded-*`."""
    for proxy in proxies:
        alone = copy(proxy)
        alone.app = _nothing
        alone(environ, _ignored)
    return environ


def _nothing(_environ: WSGIEnvironment, _start_response: StartResponse) -> Iterable[bytes]:
    """What stands behind a proxy that is asked for its changes only."""
    return ()


def _ignored(*_: Any) -> Any:
    """Nobody starts a response."""
