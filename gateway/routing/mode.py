"""The rungs a route can stand on, and the legal steps between them.

The ladder goes up one rung at a time, because each rung is the evidence for the next; down it goes in one step from
anywhere, because going back must never wait. Policy never takes a step that the table lacks; a person may, and is told.
"""

from __future__ import annotations

from enum import StrEnum


class Mode(StrEnum):
    """What answers, and whether the other side is asked in the background."""

    LEGACY = "legacy"
    SHADOW = "shadow"
    CANARY = "canary"
    V2 = "v2"


LADDER: dict[Mode, frozenset[Mode]] = {
    Mode.LEGACY: frozenset({Mode.SHADOW}),
    Mode.SHADOW: frozenset({Mode.LEGACY, Mode.CANARY}),
    Mode.CANARY: frozenset({Mode.LEGACY, Mode.SHADOW, Mode.V2}),
    Mode.V2: frozenset({Mode.LEGACY, Mode.SHADOW, Mode.CANARY}),
}


def skipped_rungs(start: Mode, end: Mode) -> tuple[Mode, ...]:
    """The rungs that a flip from `start` to `end` leaves out; empty for every step of the ladder and for none."""
    if start is end or end in LADDER[start]:
        return ()
    rungs = tuple(Mode)
    return rungs[rungs.index(start) + 1 : rungs.index(end)]
