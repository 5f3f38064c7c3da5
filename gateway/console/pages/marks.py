"""Which characters of two lines differ, so that they can be marked. Pure.

What both lines begin and end with is left alone; the middle is one mark on each side, since a person looks for a place
and not for a script of edits. A mark begins and ends at whole words and numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from gateway.console.views.mismatch import LinePart, LineView

_WORD = re.compile(r"[\w.+-]")
MOST = 4_000
"""Characters of a line that are looked at; a longer one is marked whole."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A line in three parts: what is common, what differs, what is common again."""

    before: str
    marked: str
    after: str


def mark(legacy: str | None, v2: str | None) -> tuple[Marked, Marked]:
    """Both lines with their marks. A line without a counterpart has none: the whole of it is what differs."""
    if legacy is None or v2 is None or legacy == v2:
        return Marked(legacy or "", "", ""), Marked(v2 or "", "", "")
    if len(legacy) > MOST or len(v2) > MOST:
        return Marked("", legacy, ""), Marked("", v2, "")
    most = min(len(legacy), len(v2))
    start = 0
    while start < most and legacy[start] == v2[start]:
        start += 1
    while start and _splits_word(legacy, start) | _splits_word(v2, start):
        start -= 1
    end = 0
    while end < most - start and legacy[-1 - end] == v2[-1 - end]:
        end += 1
    while end and _splits_word(legacy, len(legacy) - end) | _splits_word(v2, len(v2) - end):
        end -= 1
    return _cut(legacy, start, end), _cut(v2, start, end)


def _splits_word(text: str, place: int) -> bool:
    """Whether a border at `place` would lie inside of a word."""
    return 0 < place < len(text) and bool(_WORD.match(text[place - 1]) and _WORD.match(text[place]))


def _cut(text: str, start: int, end: int) -> Marked:
    stop = len(text) - end
    return Marked(text[:start], text[start:stop], text[stop:])


def runs(lines: Iterable[LineView]) -> list[list[LineView]]:
    """The lines in their parts: status, headers, body. What is left out is of the body."""
    return [list(run) for _, run in groupby(lines, key=lambda line: _part(line.part))]


def _part(part: LinePart) -> LinePart:
    return LinePart.BODY if part is LinePart.GAP else part
