"""`# gateway: ignore[ID] reason`: what people have looked at and let stand. Pure.

On the line of the finding, or alone on a line above it. `ID:SUBJECT` speaks of one of several findings, wherever the
comment stands; several ids are separated by commas.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gateway.doctor.checks import catalogue
from gateway.doctor.hit import Hit
from gateway.doctor.source.module import Module

_COMMENT = re.compile(r"#\s*gateway:\s*ignore\[(?P<ids>[^\]]*)\]\s*(?P<reason>.*)")


@dataclass(frozen=True, slots=True)
class Ignore:
    """One id of a comment. `line` is the line that it speaks of."""

    path: str
    line: int
    column: int
    at: int
    check: str
    subject: str
    reason: str

    def covers(self, hit: Hit) -> bool:
        """Whether the finding is the one that is meant."""
        if hit.check != self.check or not self.reason:
            return False
        if self.subject:
            return hit.subject == self.subject
        return hit.path == self.path and hit.line == self.line


def ignores_of(module: Module) -> Iterator[Ignore]:
    """The comments of a module."""
    if "gateway:" not in module.text:
        return
    lines = module.text.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(module.text).readline):
        found = _COMMENT.search(token.string) if token.type == tokenize.COMMENT else None
        if found is None:
            continue
        line, column = token.start
        is_alone = not lines[line - 1][:column].strip()
        meant = _next_code(lines, line) if is_alone else line
        for one in found["ids"].split(","):
            check, _, subject = one.strip().partition(":")
            yield Ignore(module.path, meant, column + 1, line, check, subject, found["reason"].strip())


def _next_code(lines: list[str], line: int) -> int:
    """The first line below that is neither empty nor a comment."""
    for number in range(line, len(lines)):
        text = lines[number].strip()
        if text and not text.startswith("#"):
            return number + 1
    return line


def without_ignored(hits: Iterable[Hit], ignores: Iterable[Ignore]) -> list[Hit]:
    """The findings that nobody let stand, and what is wrong with the comments themselves, in the order of the files.

    A comment about what only a running application shows is not called unused: it may not have been looked at.
    """
    known = catalogue()
    comments = list(ignores)
    kept: list[Hit] = []
    used: set[int] = set()
    for hit in hits:
        covering = [number for number, one in enumerate(comments) if one.covers(hit)]
        used.update(covering)
        if not covering:
            kept.append(hit)
    for number, one in enumerate(comments):
        if one.check not in known:
            kept.append(Hit(one.path, one.at, one.column, "ignore.unknown", f'there is no check "{one.check}"'))
        elif not one.reason:
            kept.append(
                Hit(one.path, one.at, one.column, "ignore.no-reason", f"{one.check} is ignored without a reason")
            )
        elif number not in used and not known[one.check].by_running:
            kept.append(Hit(one.path, one.at, one.column, "ignore.unused", f"there is no {one.check} here to ignore"))
    return sorted(set(kept))
