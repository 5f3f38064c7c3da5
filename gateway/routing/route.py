"""One entry of the map, as it runs: immutable, every default filled in, every unit plain.

The operator writes `timeout: 30s`; a Route holds `30.0`. Nothing here knows the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from gateway.routing.mode import Mode

DEFAULT_ROUTE_ID = "__default__"
"""The id of the route that answers when no other matches; always present."""

SAFE_METHODS = frozenset({"GET", "HEAD"})
"""The methods that may be asked twice: by a shadow, or by a fallback after v2 was asked."""


class StickyKind(StrEnum):
    """What keeps a client on one side of a canary."""

    COOKIE = "cookie"
    HEADER = "header"
    CLIENT = "client"


@dataclass(frozen=True, slots=True)
class Sticky:
    """The value that is hashed. `name` is the cookie's or header's (lower case) name, empty for `client`."""

    kind: StickyKind = StickyKind.CLIENT
    name: str = ""


@dataclass(frozen=True, slots=True)
class Canary:
    """`share` of the draws in [0, 1] go to v2."""

    share: float
    sticky: Sticky = Sticky()


@dataclass(frozen=True, slots=True)
class ShadowPolicy:
    """When and how the other side is asked. `sample` in [0, 1], `timeout` in seconds, `max_body` in bytes."""

    sample: float = 1.0
    timeout: float = 5.0
    methods: frozenset[str] = SAFE_METHODS
    max_body: int = 256 * 1024


class FallbackTrigger(StrEnum):
    """What v2 may do that makes legacy answer instead."""

    EXCEPTION = "exception"
    TIMEOUT = "timeout"
    SERVER_ERROR = "5xx"


@dataclass(frozen=True, slots=True)
class Route:
    """One entry of the map.

    `path` is a template in werkzeug's language; `methods` None means every method; `timeout` is in seconds to the
    first byte. `shadows` says whether the other side is asked: always in `shadow`; in `canary` and `v2` only where
    the map gives the route, or the defaults, a `shadow:` block.
    """

    id: str
    path: str
    mode: Mode
    methods: frozenset[str] | None = None
    timeout: float = 30.0
    canary: Canary | None = None
    shadow: ShadowPolicy = field(default_factory=ShadowPolicy)
    shadows: bool = False
    fallback: frozenset[FallbackTrigger] = frozenset()
