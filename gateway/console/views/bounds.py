"""Limits, offsets and hours, brought within bounds: a page of a thousand million rows is a page of the most. Pure."""

from __future__ import annotations

import math

MOST = 200
"""Rows of one page."""
FURTHEST = 2**31 - 1
"""An offset that every database takes."""
MOST_HOURS = 24.0 * 366
LONGEST_TEXT = 300
"""Characters of a filter that are looked for."""


def limit_of(asked: int) -> int:
    """From 1 to `MOST`."""
    return min(max(asked, 1), MOST)


def offset_of(asked: int) -> int:
    """From 0 on."""
    return min(max(asked, 0), FURTHEST)


def hours_of(asked: float, default: float) -> float:
    """From an hour to a year; what is no number is the default."""
    return default if math.isnan(asked) else min(max(asked, 1.0), MOST_HOURS)


def text_of(asked: str) -> str:
    """A filter as it is looked for: no longer than anything it could find, and storable."""
    return asked[:LONGEST_TEXT].replace("\x00", "").encode("utf-8", "replace").decode()
