"""The text of a map, and where things are in it.

An index counts characters of the text; a line and a column count from 1. Lines end with LF, CRLF or CR.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right

from gateway.errors import Problem

MAX_BYTES = 1024 * 1024

_LINE_END = re.compile(r"\r\n|\n|\r")
_NOT_TEXT = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


class Source:
    """Text with line numbers."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]

    def position(self, index: int) -> tuple[int, int]:
        """The line and the column of an index."""
        line = bisect_right(self._starts, index)
        return line, index - self._starts[line - 1] + 1

    def line(self, number: int, most: int = MAX_BYTES) -> str:
        """A line, or its first `most` characters, without its end; empty behind the last one."""
        if not 1 <= number <= len(self._starts):
            return ""
        start = self._starts[number - 1]
        stop = min(len(self.text), start + most)
        end = _LINE_END.search(self.text, start, stop)
        return self.text[start : end.start() if end else stop]

    def start_of(self, number: int) -> int:
        """The index where a line begins."""
        return self._starts[number - 1]

    def problem(self, index: int, what: str, hint: str = "", *, route: str | None = None) -> Problem:
        """A problem at an index, with its line for the caret."""
        line, column = self.position(max(0, min(index, len(self.text))))
        return Problem(
            line=line, column=column, what=what, hint=hint, route=route, source=self.line(line, _LONGEST_LINE)
        )


_LONGEST_LINE = 400


def decode(data: bytes) -> tuple[str, Problem | None]:
    """The text of the bytes of a map, without its byte order mark, and what keeps it from being text.

    UTF-8 only. Control characters, Unicode's own line separators and a second byte order mark are refused: editors
    and parsers do not agree on what line such a file is on.
    """
    if len(data) > MAX_BYTES:
        return "", Problem(1, 1, f"the map is larger than {MAX_BYTES // 1024} KiB", "check that it is the right file")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "", Problem(1, 1, "the map is UTF-16", "save it as UTF-8")
    body = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        before = Source(body[: error.start].decode("utf-8"))
        return "", before.problem(error.start, f"byte 0x{body[error.start]:02x} is not UTF-8", "save the file as UTF-8")
    found = _NOT_TEXT.search(text)
    if found is None:
        return text, None
    what = f"the character U+{ord(found.group()):04X} does not belong in a map"
    return "", Source(text).problem(found.start(), what, "delete it")
