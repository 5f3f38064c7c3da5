"""The kill switch, pulled or lifted. It is done first and written down second: nothing may be in its way."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from gateway.audit.entry import Act, Action, Caller, Outcome
from gateway.audit.log import now
from gateway.changes.site import Site, tidy_reason
from gateway.errors import AuditUnwritable
from gateway.exchange import Side
from gateway.mapfile.force import Force, Word, clear_force, read_force, write_force


@dataclass(frozen=True, slots=True)
class Forced:
    """What was forced before and is now. `persisted` is False where it is only in the gateway's memory."""

    old: Force | None
    new: Force | None
    persisted: bool
    warnings: tuple[str, ...]


def set_force(
    site: Site, side: Side | None, caller: Caller, *, reason: str, say: Callable[[Word], None] | None = None
) -> Forced:
    """Send everything to `side`, or nothing.

    `say` is told where the switch's file cannot be written: a running gateway can hold it in memory. Without it such an
    OSError is raised. Raises ReasonRefused for a side without a reason.
    """
    tidy = tidy_reason(reason, needed_for="" if side is None else "the kill switch")
    old = _before(site)
    new = None if side is None else Force(side, caller.actor, now(), tidy)
    warnings = []
    try:
        if new is None:
            clear_force(site.map_path)
        else:
            write_force(site.map_path, new)
        persisted = True
    except OSError as error:
        if say is None:
            raise
        persisted = False
        warnings.append(
            f"the switch's file cannot be written ({error.strerror or error}), so this is in memory: "
            "a restart of the gateway forgets it, and other gateways of this map do not know it"
        )
    if say is not None and (new is None or not persisted):  # lifted: what the process was started with, as well
        say(Word(new, _before(site)))
    try:
        site.audit.append(_act(old, new, caller, tidy))
    except AuditUnwritable as error:
        warnings.append(f"this was done without a line in the audit log: {error}")
    return Forced(old, new, persisted, tuple(warnings))


def _before(site: Site) -> Force | None:
    with suppress(OSError):
        return read_force(site.map_path)
    return None


def _act(old: Force | None, new: Force | None, caller: Caller, reason: str) -> Act:
    return Act(
        action=Action.FORCE,
        outcome=Outcome.DONE,
        actor=caller.actor,
        source=caller.source,
        old={"side": old and old.side.value},
        new={"side": new and new.side.value},
        reason=reason,
    )
