"""What a comparison has found so far: differences, excused or not, bounded; and what made unequal things equal."""

from __future__ import annotations

from collections import Counter
from typing import Any

from gateway.parity.difference import Difference, Kind, Part, Rest, wildcard
from gateway.parity.formats import ABSENT, format_of_value
from gateway.parity.place import Path, Places, keys, pointer
from gateway.parity.rules import Excuse, Rule
from gateway.parity.shown import shown_json

KEPT = 100
"""Differences that are kept, of the excused and of the others each."""

KEPT_AT_A_PLACE = 10
"""Differences that are kept with the same wildcard: the eleventh in a list says nothing new."""

PLACES = 150
"""Places of which at least the first difference is kept, so that all of them are in the signature."""

LOOKED_AT = 10_000
"""Differences after which a walk stops: the answers have little in common."""

_SORTS = 1000
"""Sorts of the rest that are told apart; what is beyond is one sort, which is never noise."""

_OTHER = ("", "object", "object")


class Findings:
    """Collects. `places` decides what the map excuses."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.unexcused: list[Difference] = []
        self.excused: list[Difference] = []
        self._kept_at: Counter[str] = Counter()
        self._rest: Counter[tuple[str, str, str]] = Counter()
        self._seen = 0
        self._equivalences: set[str] = set()

    @property
    def full(self) -> bool:
        """Whether enough was seen: the walk may stop."""
        return self._seen >= LOOKED_AT

    @property
    def equivalences(self) -> tuple[str, ...]:
        """The names of what made unequal things equal, sorted."""
        return tuple(sorted(self._equivalences))

    def equivalent(self, name: str) -> None:
        """Something was unequal to the letter, and `name` says why that does not count."""
        self._equivalences.add(name)

    def head(self, part: Part, name: str, kind: Kind, legacy: str | None, v2: str | None) -> None:
        """A difference of the outcome, the status or a header."""
        rule, expired = self.places.header_excuse(name) if part is Part.HEADER else (None, None)
        self._keep(Difference(part, name, kind, legacy, v2), rule, expired)

    def body(self, kind: Kind, legacy: str | None, v2: str | None, expired: Rule | None = None) -> None:
        """A difference of the body as a whole; `expired` is a rule by which it would have been none."""
        rule, no_excuse = self.places.excuse((), ())
        self._keep(Difference(Part.BODY, "", kind, legacy, v2), rule, no_excuse or expired)

    def member(self, kind: Kind, legacy: Any, v2: Any, at: Path, there: Path, *, expired: Rule | None = None) -> None:
        """A difference at a place of a JSON body: `at` in legacy's, `there` in v2's, with the parsed values."""
        self._seen += 1
        flat, other = keys(at), keys(there)
        location = pointer(other if kind is Kind.ADDED else flat)
        rule, no_excuse = self.places.excuse(flat, other)
        if rule is None and not self._has_room(wildcard(location)):
            ours = ABSENT if kind is Kind.ADDED else format_of_value(legacy)
            theirs = ABSENT if kind is Kind.REMOVED else format_of_value(v2)
            self._leave((wildcard(location), ours, theirs))
        elif rule is None or len(self.excused) < KEPT:
            shown = None if kind is Kind.ADDED else shown_json(legacy), None if kind is Kind.REMOVED else shown_json(v2)
            self._keep(Difference(Part.BODY, location, kind, *shown), rule, no_excuse or expired)

    def remark(self, legacy: str, v2: str, at: Path, there: Path, expired: Rule | None = None) -> None:
        """A difference at a place of a JSON body that is said in words."""
        self._seen += 1
        flat, other = keys(at), keys(there)
        rule, no_excuse = self.places.excuse(flat, other)
        location = pointer(flat)
        if rule is not None or self._has_room(wildcard(location)):
            self._keep(Difference(Part.BODY, location, Kind.CHANGED, legacy, v2), rule, no_excuse or expired)
        else:
            self._leave(_OTHER)

    @property
    def rest(self) -> tuple[Rest, ...]:
        """What nothing excuses and is not kept."""
        return tuple(Rest(*sort, count) for sort, count in sorted(self._rest.items()))

    def _has_room(self, place: str) -> bool:
        kept = self._kept_at[place]
        total = len(self.unexcused)
        return total < KEPT and kept < KEPT_AT_A_PLACE if kept else total < PLACES

    def _leave(self, sort: tuple[str, str, str]) -> None:
        self._rest[sort if sort in self._rest or len(self._rest) < _SORTS else _OTHER] += 1

    def _keep(self, found: Difference, rule: Excuse | None, expired: Rule | None) -> None:
        if rule is not None:
            if len(self.excused) < KEPT:
                self.excused.append(found.but(excused_by=rule.reason))
            return
        if expired is not None:
            found = found.but(note=f"{expired} expired on {expired.expires}")
        self._kept_at[found.wildcard] += 1
        self.unexcused.append(found)
