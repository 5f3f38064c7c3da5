"""What was done, the latest first: each act once, with what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gateway.audit.entry import Action, Entry, Outcome
from gateway.audit.log import AuditLog
from gateway.routing.mode import Mode

INTERRUPTED = "interrupted"
"""The outcome of an act that was begun, and of which nothing else is known."""


@dataclass(frozen=True, slots=True)
class FlipRecord:
    """One flip. `time` is ISO 8601 in UTC; revisions are whole hashes; percents are of the canary, 0 to 100."""

    seq: int
    time: str
    route: str
    old: Mode
    new: Mode
    old_percent: float | None
    new_percent: float | None
    revision_before: str
    revision_after: str
    actor: str
    source: str
    reason: str
    forced: bool
    gate: str | None


def settled(newest_first: Iterable[Entry]) -> Iterator[tuple[Entry, str]]:
    """Each act once, with its outcome: an entry that was only begun is left out when a later one says how it ended."""
    ended: set[int] = set()
    for entry in newest_first:
        if entry.act.of is not None:
            ended.add(entry.act.of)
        if entry.act.outcome is not Outcome.BEGUN:
            yield entry, entry.act.outcome.value
        elif entry.seq not in ended:
            yield entry, INTERRUPTED


def recent_flips(log: AuditLog) -> Iterator[FlipRecord]:
    """The flips that were made, the latest first. Raises OSError for a log that cannot be read."""
    for entry, outcome in settled(log.newest_first()):
        flip = _flip(entry) if outcome == Outcome.DONE else None
        if flip is not None:
            yield flip


def last_flip(log: AuditLog, route: str | None = None) -> FlipRecord | None:
    """The latest flip of a map, or of one of its routes. None when there is none."""
    return next((flip for flip in recent_flips(log) if route is None or flip.route == route), None)


def _flip(entry: Entry) -> FlipRecord | None:
    act = entry.act
    if act.action not in {Action.FLIP, Action.ROLLBACK}:
        return None
    try:
        old, new = Mode(act.old["mode"]), Mode(act.new["mode"])
    except (KeyError, ValueError):
        return None
    return FlipRecord(
        seq=entry.seq,
        time=entry.time,
        route=act.route,
        old=old,
        new=new,
        old_percent=act.old.get("percent"),
        new_percent=act.new.get("percent"),
        revision_before=act.before,
        revision_after=act.after,
        actor=act.actor,
        source=act.source,
        reason=act.reason,
        forced=act.forced,
        gate=act.gate,
    )
