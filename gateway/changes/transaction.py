"""A change of the map, written down before it is made: begun -> the file -> done, or failed.

An act that was begun and never ended was interrupted. The next change looks at the map and writes down what came of it:
the file is replaced in one step, so it was made or it was not.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from gateway.audit.entry import Act, Action, Entry, Outcome
from gateway.audit.history import INTERRUPTED, settled
from gateway.changes.site import Site
from gateway.errors import AuditUnwritable, MapReadOnly
from gateway.mapfile.edit import MapFile, read_only
from gateway.mapfile.load import revision_of

MAP_ACTIONS = {Action.FLIP, Action.ROLLBACK, Action.EXCUSE}
_LOOK_BACK = 20
"""Entries. Whoever changes the map settles what is open first, so an open act is among the last."""


def make(site: Site, file: MapFile, data: bytes, act: Act, diff: Sequence[str], *, urgent: bool) -> tuple[str, ...]:
    """Write `act` down, put `data` into the map, and write down that it is done. The map is locked by the caller.

    What cannot be written down is not done, unless it is `urgent`: going back to legacy must never wait for a log.
    Returns warnings. Raises AuditUnwritable and MapReadOnly; then the map is as it was.
    """
    if (why := read_only(file.path)) is not None:
        note(site, act, Outcome.FAILED, why)  # before the log is asked for: it is beside the map, and as read-only
        raise MapReadOnly(why, tuple(diff))
    try:
        _settle(site, file)
        begun = site.audit.append(replace(act, outcome=Outcome.BEGUN))
    except AuditUnwritable as error:
        if not urgent:
            raise
        file.put(data, diff)
        return (f"this was done without a line in the audit log: {error}",)
    try:
        file.put(data, diff)
    except MapReadOnly as error:
        with suppress(AuditUnwritable):
            site.audit.append(act.ended(Outcome.FAILED, begun.seq, str(error).partition("; make this edit")[0]))
        raise
    try:
        site.audit.append(act.ended(Outcome.DONE, begun.seq))
    except AuditUnwritable as error:
        return (f"this is done, and the audit log has only that it was begun: {error}",)
    return ()


def note(site: Site, act: Act, outcome: Outcome, why: str) -> None:
    """Write down that something was not even begun, where that can be written."""
    with suppress(AuditUnwritable):
        site.audit.append(replace(act, outcome=outcome, note=why))


def came_of(entry: Entry, revision: str) -> tuple[Outcome, str]:
    """What came of a change whose writer was interrupted, by the revision of the map as it is, and in words."""
    if revision == entry.act.after:
        return Outcome.DONE, "its writer was interrupted; the map is as it was to become: it was made"
    if revision == entry.act.before:
        return Outcome.FAILED, "its writer was interrupted; the map is as it was before: it was not made"
    return Outcome.FAILED, "its writer was interrupted; the map was changed since, so whether it was made is not known"


def _settle(site: Site, file: MapFile) -> None:
    """Say what came of a change whose writer was interrupted. Raises AuditUnwritable."""
    try:
        latest = [entry for entry, _ in zip(site.audit.newest_first(), range(_LOOK_BACK), strict=False)]
    except OSError as error:
        raise AuditUnwritable(f"{site.audit.path} cannot be read: {error.strerror or error}") from None
    for entry, outcome in settled(latest):
        if outcome == INTERRUPTED and entry.act.action in MAP_ACTIONS:
            ended, words = came_of(entry, revision_of(file.read()))
            site.audit.append(entry.act.ended(ended, entry.seq, words))
