"""What the migration waits for, out of a picture: work for those who migrate, and nothing that wakes anybody. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gateway.console.views.attention import Attention, Concern, Urgency
from gateway.console.views.picture import Picture
from gateway.console.views.row import RouteRow
from gateway.parity.gate import GateState
from gateway.routing.mode import Mode

NAMED = 3
"""Routes that are named in a sentence; the rest are counted."""
_WORST = "/routes?mode=shadow&state=not_ready&sort=mismatches"


def next_steps(picture: Picture) -> Iterator[Attention]:
    """A map without routes, the routes that differ where no client sees it, and those that may go up a rung."""
    if len(picture.rows) == 1:  # the default route is always there
        text = (
            "The map names no route, so the default route answers everything. `gateway init` writes a map with every "
            "route of the Flask application."
        )
        yield Attention(Concern.NO_ROUTES, Urgency.NEXT, text, "/map")
    differing = [row for row in picture.rows if row.mode is Mode.SHADOW and row.gate is GateState.NOT_READY]
    if differing:
        differing.sort(key=lambda row: -row.mismatches)
        text = (
            f"{_count(differing, 'in shadow is', 'in shadow are')} not ready: {_named(differing)}. "
            "No client sees it; mend v2, or excuse what differs, before a flip."
        )
        yield Attention(Concern.SHADOW_NOT_READY, Urgency.NEXT, text, _WORST)
    ready = [row for row in picture.rows if row.mode in {Mode.SHADOW, Mode.CANARY} and row.gate is GateState.READY]
    if ready:
        text = f"{_count(ready, 'is', 'are')} ready to move up: {_named(ready)}."
        yield Attention(Concern.READY_TO_MOVE, Urgency.NEXT, text, "/routes?state=ready")


def _count(rows: Sequence[RouteRow], one: str, several: str) -> str:
    return f"1 route {one}" if len(rows) == 1 else f"{len(rows):,} routes {several}"


def _named(rows: Sequence[RouteRow]) -> str:
    """The first of them by name, and how many more there are."""
    names = [row.id for row in rows[:NAMED]]
    if len(rows) > NAMED:
        names.append(f"{len(rows) - NAMED:,} more")
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
