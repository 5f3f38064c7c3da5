"""One thing that the doctor found: how bad it is, where it is, what it means and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is.

    `error`: behaviour is lost or wrong behind the gateway. `warning`: it depends. `note`: fine, and good to know.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` is stable, for scripts; `where` is `file:line` or empty; `what` and `fix` are sentences."""

    severity: Severity
    code: str
    what: str
    fix: str = ""
    where: str = ""


_ORDER = tuple(Severity)


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """The worst first; within a severity as they were found, each once."""
    return sorted(dict.fromkeys(findings), key=lambda finding: _ORDER.index(finding.severity))


def error(code: str, what: str, fix: str = "", where: str = "") -> Finding:
    """A finding of severity error."""
    return Finding(Severity.ERROR, code, what, fix, where)


def warning(code: str, what: str, fix: str = "", where: str = "") -> Finding:
    """A finding of severity warning."""
    return Finding(Severity.WARNING, code, what, fix, where)


def note(code: str, what: str, fix: str = "", where: str = "") -> Finding:
    """A finding of severity note."""
    return Finding(Severity.NOTE, code, what, fix, where)
