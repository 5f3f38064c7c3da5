"""Text, exact. What is shown is the first place at which it differs."""

from __future__ import annotations

from gateway.parity.shown import cut

_BEFORE = 40
"""Characters of the common text that are shown before the difference."""


def first_difference(legacy: str, v2: str) -> tuple[str, str]:
    """Both sides around the first difference, with the line it is in."""
    same = _common(legacy, v2)
    line = legacy.count("\n", 0, same) + 1
    start = max(same - _BEFORE, 0)
    return _excerpt(legacy, start, line), _excerpt(v2, start, line)


def _common(legacy: str, v2: str) -> int:
    """The length of the common start, by halving: slices compare faster than letters."""
    low, high = 0, min(len(legacy), len(v2))
    while low < high:
        middle = (low + high + 1) // 2
        if legacy[low:middle] == v2[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _excerpt(text: str, start: int, line: int) -> str:
    return cut(f"line {line}: {'…' if start else ''}{text[start : start + 200]}")
