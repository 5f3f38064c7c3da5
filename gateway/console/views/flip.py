"""A change of a route's mode, as it is listed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.audit.history import FlipRecord
from gateway.routing.mode import Mode


@dataclass(frozen=True, slots=True)
class FlipView:
    """One flip. Percents are of the canary, 0 to 100, None where there was none."""

    time: float
    route: str
    old: Mode
    new: Mode
    old_percent: float | None
    new_percent: float | None
    actor: str
    source: str
    """`cli`, or `console` and the address."""
    reason: str
    forced: bool
    """Whether it was made against the gate's word."""
    gate: str | None
    """What the gate said then; None where it was not asked."""
    revision: str
    """Of the map after it."""


def flip_view(record: FlipRecord) -> FlipView:
    """A flip of the journal."""
    return FlipView(
        time=datetime.fromisoformat(record.time).timestamp(),
        route=record.route,
        old=record.old,
        new=record.new,
        old_percent=record.old_percent,
        new_percent=record.new_percent,
        actor=record.actor,
        source=record.source,
        reason=record.reason,
        forced=record.forced,
        gate=record.gate,
        revision=record.revision_after,
    )
