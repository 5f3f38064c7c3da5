"""A place where a check says something."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """`check` is the id of an entry of the catalogue; line and column count from 1; `what` is a sentence.

    `subject` is what the hit is about where one place may have several, such as the name of a hook.
    """

    path: str
    line: int
    column: int
    check: str
    what: str
    subject: str = ""

    @property
    def where(self) -> str:
        """`file:line:col`."""
        return f"{self.path}:{self.line}:{self.column}"
