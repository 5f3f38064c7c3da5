"""Where things stand in a drawing. Pure: shares in, coordinates out; the templates only write them down.

Parity is drawn by its nines: the way from 99 % to 99.9 % is as long as the one from 90 % to 99 %, because a gate lies
there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH = 1000.0
NINES = 4.5
"""The scale ends beyond 99.99 %; what is better stands at its end."""
TICKS = (0.9, 0.99, 0.999, 0.9999)
_GAP = 3.0
_LEAST = 8.0
"""A share that is there is seen, however small it is."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a bar: what it is of, where it begins, how wide it is. Of `WIDTH`."""

    name: str
    x: float
    width: float


def pieces(shares: Iterable[tuple[str, float | None]]) -> tuple[Piece, ...]:
    """The parts of a stacked bar, in order, with gaps between them; what is nothing has no part."""
    there = [(name, share) for name, share in shares if share]
    whole = sum(share for _, share in there)
    if not there or whole <= 0:
        return ()
    room = WIDTH - _GAP * (len(there) - 1)
    widths = [max(_LEAST, room * share / whole) for _, share in there]
    scale = room / sum(widths)
    found, x = [], 0.0
    for (name, _), width in zip(there, widths, strict=True):
        found.append(Piece(name, round(x, 2), round(width * scale, 2)))
        x += width * scale + _GAP
    return tuple(found)


def nines(share: float) -> float:
    """Where a share of agreement stands on the scale of nines, of `WIDTH`."""
    wrong = 1 - min(max(share, 0.0), 1.0)
    if wrong <= 10**-NINES:
        return WIDTH
    return round(-math.log10(wrong) / NINES * WIDTH, 2)


def sparkline(values: Sequence[float | None], *, height: float = 24.0, width: float = 96.0) -> str:
    """The path of an SVG: the values from left to right, the largest at the top; a gap where nothing is known."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    top = max(known) or 1.0
    step = width / max(1, len(values) - 1)
    path, pen = [], "M"
    for number, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        path.append(f"{pen}{number * step:.1f} {height - value / top * (height - 2) - 1:.1f}")
        pen = "L"
    return " ".join(path)
