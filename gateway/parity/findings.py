"""What a comparison has found so far: differences, excused or not, bounded; and what made unequal things equal."""

from __future__ import annotations

from gateway.parity.difference import Difference, Kind, Part
from gateway.parity.place import Keys, Path, Places, keys, pointer
from gateway.parity.rules import Excuse

KEPT = 100
"""Differences that are kept, of the excused and of the others each; the rest is counted."""

LOOKED_AT = 10_000
"""Differences after which a walk stops: the answers have little in common."""


class Findings:
    """Collects. `places` decides what the map excuses."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.unexcused: list[Difference] = []
        self.excused: list[Difference] = []
        self.omitted = 0
        """Differences that nothing excuses, beyond those that are kept."""
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

    def body(self, kind: Kind, legacy: str | None, v2: str | None) -> None:
        """A difference of the body as a whole."""
        self._keep(Difference(Part.BODY, "", kind, legacy, v2), *self.places.excuse((), ()))

    def wants(self) -> bool:
        """Whether the next difference must be written out. Counts it as seen.

        When a hundred are kept and nothing can be excused, a difference is only a number.
        """
        self._seen += 1
        if len(self.unexcused) < KEPT:
            return True
        self.omitted += 1
        return False

    def json(self, kind: Kind, legacy: str | None, v2: str | None, at: Path, there: Path) -> None:
        """A difference at a place of a JSON body: `at` in legacy's, `there` in v2's. `wants` was asked before."""
        flat, other = keys(at), keys(there)
        located: Keys = other if kind is Kind.ADDED else flat
        self._keep(Difference(Part.BODY, pointer(located), kind, legacy, v2), *self.places.excuse(flat, other))

    def _keep(self, found: Difference, rule: Excuse | None, expired: Excuse | None) -> None:
        if rule is not None:
            if len(self.excused) < KEPT:
                self.excused.append(found.but(excused_by=rule.reason))
            return
        if expired is not None:
            found = found.but(note=f"the excuse {expired.reason!r} expired on {expired.expires}")
        if len(self.unexcused) < KEPT:
            self.unexcused.append(found)
        else:
            self.omitted += 1
