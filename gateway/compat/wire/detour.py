"""What a route does with a request that FastAPI would not give it, or not in this way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

KEY = "gateway.compat.wire"
"""Where a match leaves its detour in the scope."""


class Way(Enum):
    """Where it goes."""

    ON = auto()
    """To the endpoint, under another path."""
    HEAD = auto()
    """To the endpoint, as GET, and the body is dropped."""
    REDIRECT = auto()
    """To `path`, with 308."""
    OPTIONS = auto()
    """To a list of the methods."""
    NOT_FOUND = auto()
    """To 404, unless another route has the path with other methods."""


@dataclass(frozen=True, slots=True)
class Detour:
    """`switch` is why. `path` is where a redirect leads, or would lead: another route may have the method there."""

    way: Way
    switch: str
    path: str = ""
