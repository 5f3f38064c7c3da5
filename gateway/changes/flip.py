"""A flip: what it would change, whether the gate lets it through, and the change itself.

read -> plan -> ask the gate -> lock -> is it still the same map? if not, once more, locked -> make it

The gate is asked before the lock, since it may take a moment; only a flip that another one overtook asks it inside.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from gateway.audit.entry import Act, Action, Caller, Outcome
from gateway.changes.gatekeeper import Decision, asks_gate, decide
from gateway.changes.site import Site, tidy_reason
from gateway.changes.transaction import make, note
from gateway.errors import GateRefused, MapReadOnly
from gateway.mapfile.edit import editing, read_only
from gateway.mapfile.flip import Edit, Wanted, plan_flip
from gateway.mapfile.load import parse_map, read_bytes
from gateway.routing.mode import Mode


@dataclass(frozen=True, slots=True)
class Flip:
    """What is asked for. `revision` (12 characters or more) makes it conditional; `force` passes the gate."""

    route: str
    wanted: Wanted
    reason: str = ""
    force: bool = False
    revision: str | None = None
    action: Action = Action.FLIP


@dataclass(frozen=True, slots=True)
class Flipped:
    """What was changed, or would be. `gate` is None where it was not asked."""

    edit: Edit
    gate: Decision | None


def to_legacy(route: str, *, reason: str = "", revision: str | None = None) -> Flip:
    """What is asked for to send a route back to legacy."""
    return Flip(route, Wanted(Mode.LEGACY), reason, revision=revision, action=Action.ROLLBACK)


def preview(site: Site, flip: Flip) -> Flipped:
    """What `make_flip` would do or raise, as far as that can be told without trying. Nothing is written."""
    flip = _checked(flip)
    flipped = _planned(site, flip).flipped
    if flipped.gate is not None and flipped.gate.refuses and not flip.force:
        raise _refusal(flipped.edit, flipped.gate)
    if flipped.edit.changed and (why := read_only(site.map_path)) is not None:
        raise MapReadOnly(why, flipped.edit.diff)
    return flipped


def make_flip(site: Site, flip: Flip, caller: Caller) -> Flipped:
    """Change the mode of a route, or of `__default__`.

    Raises GateRefused unless forced; RouteUnknown, FlipRefused, MapConflict and MapInvalid as `plan_flip`; MapReadOnly
    with the edit to make by hand; AuditUnwritable, but never on the way to legacy; ReasonRefused.
    """
    flip = _checked(flip)
    plan = _permitted(site, flip, caller)
    if not plan.flipped.edit.changed:
        return plan.flipped
    with editing(site.map_path) as file:
        if file.read() != plan.seen:
            plan = _permitted(site, flip, caller)
        edit = plan.flipped.edit
        if not edit.changed:
            return plan.flipped
        urgent = flip.wanted.mode is Mode.LEGACY
        warnings = make(site, file, plan.data, _act(plan.flipped, flip, caller), edit.diff, urgent=urgent)
        return replace(plan.flipped, edit=replace(edit, warnings=warnings))


def _checked(flip: Flip) -> Flip:
    return replace(flip, reason=tidy_reason(flip.reason, needed_for="forcing a flip" if flip.force else ""))


@dataclass(frozen=True, slots=True)
class _Plan:
    """A flip of the map whose bytes are `seen`; `data` are those after it."""

    flipped: Flipped
    seen: bytes
    data: bytes


def _planned(site: Site, flip: Flip) -> _Plan:
    """The flip of the map as it is now, with the gate's word where it has one."""
    seen = read_bytes(site.map_path)
    edit, data = plan_flip(seen, site.map_path, flip.route, flip.wanted, expected_revision=flip.revision)
    gate = None
    if asks_gate(edit):
        gate = decide(parse_map(seen, site.map_path), (edit.route, *edit.also), site.evidence)
    return _Plan(Flipped(edit, gate), seen, data)


def _permitted(site: Site, flip: Flip, caller: Caller) -> _Plan:
    """The flip, once the gate lets it through or is told not to mind. Raises GateRefused, which is written down."""
    plan = _planned(site, flip)
    gate = plan.flipped.gate
    if gate is not None and gate.refuses and not flip.force:
        note(site, _act(plan.flipped, flip, caller), Outcome.REFUSED, "; ".join(gate.reasons))
        raise _refusal(plan.flipped.edit, gate)
    return plan


def _act(flipped: Flipped, flip: Flip, caller: Caller) -> Act:
    edit, gate = flipped.edit, flipped.gate
    return Act(
        action=flip.action,
        outcome=Outcome.BEGUN,
        actor=caller.actor,
        source=caller.source,
        route=edit.route,
        old=_rung(edit.old_mode, edit.old_percent),
        new=_rung(edit.new_mode, edit.new_percent),
        before=edit.old_revision,
        after=edit.new_revision,
        reason=flip.reason,
        forced=flip.force,
        gate=None if gate is None else gate.state,
    )


def _rung(mode: Mode, percent: float | None) -> dict[str, Any]:
    return {"mode": mode.value, "percent": percent if mode is Mode.CANARY else None}


def _refusal(edit: Edit, gate: Decision) -> GateRefused:
    reasons = "; ".join(gate.reasons)
    sentence = f"{edit.route} may not move to {edit.new_mode}: the gate says {gate.state}: {reasons}"
    return GateRefused(sentence, state=gate.state, reasons=gate.reasons, diff=edit.diff)
