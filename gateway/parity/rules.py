"""What the map says about equality on a route, compiled: the built-in rules are `compare.py`'s own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class HeaderComparison(StrEnum):
    """How a header is compared, instead of its built-in way."""

    EXACT = "exact"
    TOKENS = "tokens"
    PRESENCE = "presence"


@dataclass(frozen=True, slots=True)
class Excuse:
    """A difference that is accepted and stays visible: `at` (a JSON path, RFC 9535) or `header` (in lower case)."""

    reason: str
    at: str | None = None
    header: str | None = None
    expires: date | None = None
    """From this day on it excuses nothing."""


@dataclass(frozen=True, slots=True)
class Unordered:
    """An array whose order means nothing; `by` names the member that says which elements belong together."""

    at: str
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Tolerance:
    """A number that may differ by `within`."""

    at: str
    within: float


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that the map says about comparing a route's answers."""

    excuses: tuple[Excuse, ...] = ()
    unordered: tuple[Unordered, ...] = ()
    tolerances: tuple[Tolerance, ...] = ()
    headers: Mapping[str, HeaderComparison] = field(default_factory=dict)
    html: frozenset[str] = frozenset()
    """Opt-in normalisers of HTML: `whitespace`, `csrf`, `nonce`."""
    since: str = ""
    """Compares nothing: whoever changes it begins the evidence anew."""
