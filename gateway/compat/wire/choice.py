"""What a single route chooses beside its router: `@kept("json.http_dates")` and `@dropped("json.text_form")`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from gateway.compat.wire.switches import chosen

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

_KEPT = "__flask_wire_kept__"
_DROPPED = "__flask_wire_dropped__"


def kept(*names: str) -> Callable[[Endpoint], Endpoint]:
    """Switches for this route beside its router's. Below the route's decorator: it reads what is chosen.

    The router's route class must be `FlaskRoute` or made by `flask_route()`; it may have no switch of its own.
    """
    return _marked(_KEPT, chosen(names))


def dropped(*names: str) -> Callable[[Endpoint], Endpoint]:
    """Switches of the router that this route does without: how they are retired one by one."""
    return _marked(_DROPPED, chosen(names))


def choice_of(endpoint: Callable[..., Any], router: frozenset[str]) -> frozenset[str]:
    """The switches of a route: its router's, with what its endpoint keeps, without what it drops."""
    ours: frozenset[str] = getattr(endpoint, _KEPT, frozenset())
    not_ours: frozenset[str] = getattr(endpoint, _DROPPED, frozenset())
    return (router | ours) - not_ours


def _marked(name: str, switches: frozenset[str]) -> Callable[[Endpoint], Endpoint]:
    def mark(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, name, getattr(endpoint, name, frozenset()) | switches)
        return endpoint

    return mark
