"""A cause of differences, with what the catalogue says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gateway.parity.causes import catalogue
from gateway.parity.difference import UNEXPLAINED

_UNEXPLAINED = "no known difference between the frameworks looks like this"


@dataclass(frozen=True, slots=True)
class CauseCount:
    """A cause and how many mismatches of the current epoch have it; one mismatch may have several."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class CauseView:
    """A cause for people. `count` is of mismatches, None where nothing was counted.

    `trap`, `what`, `fix` and `switch` are empty for a name that the catalogue lacks, of an earlier release perhaps.
    """

    name: str
    what: str
    fix: str
    trap: str = ""
    """Its stable id in docs/causes.md, such as `D1`."""
    switch: str = ""
    """The compat switch that reproduces legacy's side; empty where there is none."""
    severity: str = "error"
    """`error`: clients see something else; `warn`: most clients see nothing."""
    count: int | None = None


class Causes:
    """The catalogue by name; made once, since making it compiles patterns."""

    def __init__(self) -> None:
        self._entries = {cause.name: cause for cause in catalogue()}

    def view(self, name: str, count: int | None = None) -> CauseView:
        """One cause."""
        cause = self._entries.get(name)
        if cause is None:
            return CauseView(name, _UNEXPLAINED if name == UNEXPLAINED else "", "", count=count)
        return CauseView(name, cause.what, cause.fix, cause.trap, cause.switch, cause.severity.value, count)

    def views(self, names: Iterable[str]) -> tuple[CauseView, ...]:
        """Several, in the order given."""
        return tuple(self.view(name) for name in names)

    def counted(self, counts: Mapping[str, int]) -> tuple[CauseView, ...]:
        """Several with their numbers, the most frequent first."""
        return tuple(self.view(name, counts[name]) for name in sorted(counts, key=lambda name: (-counts[name], name)))
