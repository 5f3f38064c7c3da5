"""A flip as it is listed."""

from __future__ import annotations

from gateway.audit.history import FlipRecord
from gateway.console.views.flip import flip_view
from gateway.routing.mode import Mode


def test_a_flip_has_its_time_in_seconds_and_who_made_it_from_where() -> None:
    record = FlipRecord(
        seq=7,
        time="2027-01-15T08:00:00.500Z",
        route="r",
        old=Mode.SHADOW,
        new=Mode.CANARY,
        old_percent=None,
        new_percent=5.0,
        revision_before="a",
        revision_after="b",
        actor="ada",
        source="cli",
        reason="why",
        forced=True,
        gate="ready",
    )
    flip = flip_view(record)
    assert (flip.time, flip.revision, flip.gate, flip.source) == (1_800_000_000.5, "b", "ready", "cli")
