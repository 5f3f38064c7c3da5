"""What the map says about equality on a route, compiled: the built-in rules are `compare.py`'s own.

Every rule has a reason and an expiry, or should; from the day of its expiry on, it does not apply.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar


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

    def __str__(self) -> str:
        return f"the excuse {self.reason!r}"


@dataclass(frozen=True, slots=True)
class Unordered:
    """An array whose order means nothing; `by` names the member that says which elements belong together."""

    at: str
    by: str | None = None
    reason: str = ""
    expires: date | None = None

    def __str__(self) -> str:
        return f"the rule that the order of {self.at} means nothing"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """A number that may differ by `within`."""

    at: str
    within: float
    reason: str = ""
    expires: date | None = None

    def __str__(self) -> str:
        return f"the tolerance of {self.within:g} at {self.at}"


@dataclass(frozen=True, slots=True)
class HeaderRule:
    """How the header `name` (in lower case) is compared. Of several that hold, the last one counts."""

    name: str
    how: HeaderComparison
    reason: str = ""
    expires: date | None = None

    def __str__(self) -> str:
        return f"the rule that compares {self.name} by {self.how}"


@dataclass(frozen=True, slots=True)
class HtmlRule:
    """What is left out of HTML before it is compared: `whitespace`, `csrf` or `nonce`."""

    without: str
    reason: str = ""
    expires: date | None = None

    def __str__(self) -> str:
        return f"the rule that leaves {self.without} out of HTML"


Rule = Excuse | Unordered | Tolerance | HeaderRule | HtmlRule
R = TypeVar("R", Excuse, Unordered, Tolerance, HeaderRule, HtmlRule)


def holds(rule: Rule, today: date) -> bool:
    """Whether the rule applies on that day."""
    return rule.expires is None or today < rule.expires


def first_that_holds(rules: Iterable[R], today: date) -> tuple[R | None, R | None]:
    """The rule that applies; where none does, one that did until it expired."""
    expired = None
    for rule in rules:
        if holds(rule, today):
            return rule, None
        expired = rule
    return None, expired


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that the map says about comparing a route's answers; of equal ones, the first counts."""

    excuses: tuple[Excuse, ...] = ()
    unordered: tuple[Unordered, ...] = ()
    tolerances: tuple[Tolerance, ...] = ()
    headers: tuple[HeaderRule, ...] = ()
    html: tuple[HtmlRule, ...] = ()
    since: str = ""
    """Compares nothing: whoever changes it begins the evidence anew."""

    def ways(self, today: date) -> dict[str, HeaderComparison]:
        """Header name, in lower case -> how it is compared on that day."""
        return {rule.name: rule.how for rule in self.headers if holds(rule, today)}

    def left_out(self, today: date) -> frozenset[str]:
        """What is left out of HTML on that day."""
        return frozenset(rule.without for rule in self.html if holds(rule, today))
