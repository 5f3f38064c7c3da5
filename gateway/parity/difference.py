"""The closed algebra of a comparison: a verdict, and the places where the two answers differ."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b
from typing import assert_never

_INDEX = re.compile(r"/\d+(?=/|$)")


class Verdict(StrEnum):
    """What came of comparing an exchange. The values are metric labels.

    Only MATCH, EQUIVALENT and MISMATCH enter parity; the others are shown beside it. For the gate, an answer that is
    EXCUSED by the map speaks for the route with what else of it was compared (`Comparison.speaks`).
    """

    MATCH = "match"
    EQUIVALENT = "equivalent"
    EXCUSED = "excused"
    MISMATCH = "mismatch"
    BOTH_ERROR = "both_error"
    RACED = "raced"
    SKIPPED = "skipped"
    ERROR = "error"


class Part(StrEnum):
    """Which part of an answer a difference is in."""

    OUTCOME = "outcome"
    STATUS = "status"
    HEADER = "header"
    BODY = "body"


class Kind(StrEnum):
    """What kind of difference it is, always seen from legacy: ADDED is what only v2 has."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    TYPE = "type"


UNEXPLAINED = "unexplained"
"""The cause of a difference that no entry of the catalogue explains."""


def wildcard(location: str) -> str:
    """A pointer with every array index as `*`."""
    return _INDEX.sub("/*", location)


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the two answers differ.

    `location` is an RFC 6901 pointer in a JSON body, the name of a header in lower case, or empty for the whole part.
    `legacy` and `v2` are the two values as text for people, bounded in length; None where the side has no value.
    `cause` is a speaking name of the catalogue, `excused_by` the reason of the rule that excuses it, or None.
    """

    part: Part
    location: str
    kind: Kind
    legacy: str | None
    v2: str | None
    cause: str = UNEXPLAINED
    excused_by: str | None = None
    note: str = ""
    """What else is to be said, such as that an excuse for it expired."""

    def but(self, *, cause: str | None = None, excused_by: str | None = None, note: str | None = None) -> Difference:
        """The same, but for what is given."""
        return Difference(
            self.part,
            self.location,
            self.kind,
            self.legacy,
            self.v2,
            self.cause if cause is None else cause,
            self.excused_by if excused_by is None else excused_by,
            self.note if note is None else note,
        )

    @property
    def wildcard(self) -> str:
        """The location with every array index as `*`, so that one cause in a list of a hundred is one."""
        return wildcard(self.location) if self.part is Part.BODY else self.location


def speaks(verdict: Verdict, *, rest_agrees: bool = False) -> bool | None:
    """What the gate takes from a verdict: True agrees, False differs, None says nothing about the route."""
    match verdict:
        case Verdict.MATCH | Verdict.EQUIVALENT:
            return True
        case Verdict.MISMATCH:
            return False
        case Verdict.EXCUSED:
            return True if rest_agrees else None
        case Verdict.BOTH_ERROR | Verdict.RACED | Verdict.SKIPPED | Verdict.ERROR:
            return None
        case _:
            assert_never(verdict)


@dataclass(frozen=True, slots=True)
class Rest:
    """Differences at one place of a JSON body that were counted and not kept, since enough like them were.

    `legacy` and `v2` are the formats of the values (`gateway.parity.formats`), `count` how many there are.
    """

    wildcard: str
    legacy: str
    v2: str
    count: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result of comparing two outcomes.

    `equivalences` names the normalisers that made something equal (`number-repr`, `key-order` is not one: order in an
    object never counts). `reason` says why, for SKIPPED and ERROR.
    """

    verdict: Verdict
    differences: tuple[Difference, ...] = ()
    equivalences: tuple[str, ...] = ()
    reason: str = ""
    stratum: str = field(default="none")
    """Legacy's status class: `2xx` ... `5xx`, or `none` when legacy gave no answer."""
    rest: tuple[Rest, ...] = ()
    """What nothing excuses, beyond the differences that are kept."""
    rest_agrees: bool = False
    """For EXCUSED: whether the map excuses it and something else of the body was compared and agrees, or all of it."""
    epoch: str = ""
    """The epoch whose rules it was compared by; empty where nobody keeps evidence."""

    @property
    def speaks(self) -> bool | None:
        """What the gate takes from it: True agrees, False differs, None says nothing about the route."""
        return speaks(self.verdict, rest_agrees=self.rest_agrees)

    @property
    def omitted(self) -> int:
        """How many differences that nothing excuses are not kept."""
        return sum(one.count for one in self.rest)

    @property
    def unexcused(self) -> tuple[Difference, ...]:
        """The differences that make a mismatch."""
        return tuple(difference for difference in self.differences if difference.excused_by is None)

    def signature(self, route_id: str) -> str:
        """What groups mismatches: the route and the sorted (cause, wildcard location) of what is not excused."""
        marks = sorted({f"{one.cause} {one.part} {one.wildcard}" for one in self.unexcused})
        return blake2b("\n".join([route_id, *marks]).encode(), digest_size=8).hexdigest()
