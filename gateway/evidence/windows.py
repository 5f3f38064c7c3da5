"""Substitution in long texts that lets other threads run.

One search holds the interpreter until it returns, and one over a body without a match takes a third of a second: so
long the door's loop would stand still. A search in windows is put aside between any two of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable

WINDOW = 4096
"""Characters of one search: some milliseconds of the slowest pattern."""
OVERLAP = 512
"""Characters that two windows share; more than any pattern needs to be sure that something begins."""


def substitute(
    pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str], text: str, *, window: int = WINDOW
) -> str:
    """What `pattern.sub(replace, text)` gives, for patterns that match no empty text and look ahead a little only."""
    overlap = min(OVERLAP, window // 2)
    pieces: list[str] = []
    done = position = 0
    while position < len(text):
        end = position + window
        found = pattern.search(text, position, end)
        if found is None:
            if end >= len(text):
                break
            position = end - overlap
            continue
        # What ends at the window's end may go on after it, or be nothing.
        whole = pattern.match(text, found.start())
        if whole is None:
            position = found.start() + 1
            continue
        pieces += [text[done : whole.start()], replace(whole)]
        done = position = whole.end()
    return "".join([*pieces, text[done:]])
