"""A cause: one trap between Flask and FastAPI, how it is recognised, and what to do about it in v2."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from gateway.parity.clues import Clues
from gateway.parity.difference import Difference

Recogniser = Callable[[Difference, Clues], bool]
"""Whether the trap explains this difference of these two answers. Pure, and fed with whatever applications send."""


class Severity(StrEnum):
    """What a difference of this cause does to clients."""

    ERROR = "error"
    """Clients see something else."""
    WARN = "warn"
    """Most clients see nothing: an attribute of a cookie, a word in Vary."""
    NONE = "none"
    """Not a difference: it counts as a match or as equivalent."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One entry of the catalogue. `trap` is its stable id (`D1`), `name` what is shown (`json.datetime-format`).

    `what` says what differs, `fix` what to do in v2, each in one line. `switch` is the compat switch that reproduces
    legacy's side, empty where there is none. `recognise` is None for what no pair of answers can show.
    """

    trap: str
    name: str
    what: str
    fix: str
    switch: str = ""
    severity: Severity = Severity.ERROR
    recognise: Recogniser | None = None

    def render(self, difference: Difference) -> str:
        """`D1 json.datetime-format at /items/*/created: legacy sends an HTTP date, v2 ISO 8601; fix: ...`."""
        place = difference.wildcard or f"the {difference.part}"
        return f"{self.trap} {self.name} at {place}: {self.what}; fix: {self.fix}"
