"""Text, exact. What is shown is the first place at which it differs."""

from __future__ import annotations

from gateway.parity.align import same_start
from gateway.parity.shown import cut

_BEFORE = 40
"""Characters of the common text that are shown before the difference."""


def first_difference(legacy: str, v2: str) -> tuple[str, str]:
    """Both sides around the first difference, with the line it is in."""
    same = same_start(legacy, v2, min(len(legacy), len(v2)))
    line = legacy.count("\n", 0, same) + 1
    start = max(same - _BEFORE, 0)
    return _excerpt(legacy, start, line), _excerpt(v2, start, line)


def _excerpt(text: str, start: int, line: int) -> str:
    return cut(f"line {line}: {'…' if start else ''}{text[start : start + 200]}")
