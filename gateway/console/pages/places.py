"""The differences of one answer by where they are: a list whose every row differs in a member has one place. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.console.views.mismatch import DifferenceView


@dataclass(frozen=True, slots=True)
class Place:
    """Differences that one excuse would be for. `first` is the first of them, `times` how many there are."""

    first: DifferenceView
    times: int

    @property
    def name(self) -> str:
        """`status`, `header etag`, `body /created`; of several `body $.items[*].created`, as an excuse says it."""
        one = self.first
        where = one.at if self.times > 1 and one.at is not None else one.location
        return f"{one.part} {where}" if where else one.part


def places(differences: Iterable[DifferenceView]) -> tuple[Place, ...]:
    """Every place once, in the order of the answer."""
    found: dict[tuple[object, ...], tuple[DifferenceView, int]] = {}
    for one in differences:
        where = one.at if one.at is not None else one.location
        key = (one.part, where, one.kind, one.cause, one.excused_by, one.note)
        first, times = found.get(key, (one, 0))
        found[key] = (first, times + 1)
    return tuple(Place(first, times) for first, times in found.values())
