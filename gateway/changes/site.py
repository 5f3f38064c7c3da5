"""Where changes are made: a map, its evidence, its audit log."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gateway.audit.log import AuditLog
from gateway.errors import ReasonRefused

LONGEST_REASON = 1000
"""Characters. A reason is a line in the log and in somebody's terminal."""


@dataclass(frozen=True, slots=True)
class Site:
    """One map. `evidence` is the store's URL, None when none is kept."""

    map_path: Path
    evidence: str | None

    @property
    def audit(self) -> AuditLog:
        """The log of what was done to it."""
        return AuditLog(self.map_path)


def tidy_reason(reason: str, *, needed_for: str = "") -> str:
    """The reason without blanks around it. Raises ReasonRefused for one that is needed and empty, or far too long."""
    tidy = reason.strip()
    if needed_for and not tidy:
        raise ReasonRefused(f"{needed_for} needs a reason; it is kept in the audit log")
    if len(tidy) > LONGEST_REASON:
        raise ReasonRefused(f"the reason has {len(tidy):,} characters; say it in {LONGEST_REASON:,}")
    try:
        tidy.encode()
    except UnicodeEncodeError:
        raise ReasonRefused("the reason is not UTF-8; type it again") from None
    return tidy
