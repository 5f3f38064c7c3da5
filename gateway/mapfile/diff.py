"""What an edit of the map changed, as lines. Pure."""

from __future__ import annotations

import difflib


def changed_lines(before: str, after: str) -> tuple[str, ...]:
    """The changed lines, `- ` before the old and `+ ` before the new ones."""
    old, new = before.splitlines(), after.splitlines()
    start = next((at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), len(old))
    start = min(start, len(new))
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    lines = difflib.ndiff(old[start : len(old) - end], new[start : len(new) - end])
    return tuple(line for line in lines if line[:2] in {"- ", "+ "})
