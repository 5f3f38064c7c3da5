"""Changing: `POST /api/v1/...`. Every one of them needs the operator's token, and is in the audit log.

What changes the map is for one revision of it (`If-Match`), and answers when every worker serves the next one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Path, Request

from gateway.audit.entry import Act, Action, Caller, Outcome
from gateway.changes import excuse as excuses
from gateway.changes import flip as flips
from gateway.changes.force import set_force
from gateway.changes.site import Site
from gateway.console.access import ChangingRoute, allow
from gateway.console.asked import AskedExcuse, AskedFlip, AskedForce, AskedReload, AskedRollback
from gateway.console.auth import Access
from gateway.console.conditions import IF_MATCH, expected_revision
from gateway.console.context import Console
from gateway.console.failing import CHANGING, ON_THE_MAP, failing
from gateway.console.objections import NEEDS_REASON, objection_of
from gateway.console.refusals import Refused
from gateway.console.told import Excused, Flipped, Forced, ForceState, GateWord, Reloading
from gateway.errors import AuditUnwritable, GatewayError
from gateway.exchange import Side
from gateway.mapfile.excuse import ExcuseEdit
from gateway.mapfile.flip import Edit, Wanted
from gateway.parity.rules import Excuse

PATIENCE = 2.0
"""Seconds that an answer waits for the workers; a change is in force within one."""
_POLL_SECONDS = 0.03

T = TypeVar("T")
RouteId = Annotated[str, Path(description="The route's id, or `__default__`.")]


def actions_router(console: Console) -> APIRouter:
    """The endpoints. They are no coroutines: each waits for files and for workers, on a thread."""
    router = APIRouter(
        prefix="/api/v1",
        tags=["actions"],
        route_class=ChangingRoute,
        dependencies=[allow(Access.CHANGE)],
        responses=failing(*CHANGING),
    )
    _add_changes_of_the_map(router, console)
    _add_switches(router, console)
    return router


def _add_changes_of_the_map(router: APIRouter, console: Console) -> None:
    site = Site(console.map_path, console.evidence)
    failures, described = failing(*ON_THE_MAP), {"parameters": [IF_MATCH]}

    @router.post("/routes/{route_id}/flip", responses=failures, openapi_extra=described)
    def flip(request: Request, route_id: RouteId, asked: AskedFlip) -> Flipped:
        """Change the mode of a route."""
        if asked.force and not asked.reason.strip():
            raise Refused(NEEDS_REASON)
        wanted = Wanted(asked.mode, asked.percent, asked.sticky, asked.sample)
        revision = expected_revision(request.headers.getlist("if-match"))
        return _flip(request, flips.Flip(route_id, wanted, asked.reason, asked.force, revision), dry_run=asked.dry_run)

    @router.post("/routes/{route_id}/rollback", responses=failures, openapi_extra=described)
    def rollback(request: Request, route_id: RouteId, asked: AskedRollback) -> Flipped:
        """Send a route back to legacy, whatever rung it stands on."""
        revision = expected_revision(request.headers.getlist("if-match"))
        return _flip(request, flips.to_legacy(route_id, reason=asked.reason, revision=revision), dry_run=asked.dry_run)

    @router.post("/routes/{route_id}/excuse", responses=failures, openapi_extra=described)
    def excuse(request: Request, route_id: RouteId, asked: AskedExcuse) -> Excused:
        """Excuse a difference of a route. Its evidence begins anew, because another rule is another question."""
        revision = expected_revision(request.headers.getlist("if-match"))
        wanted = Excuse(asked.reason, at=asked.at, header=asked.header, expires=asked.expires)
        if asked.dry_run:
            edit = _attempt(lambda: excuses.preview(site, route_id, wanted, revision=revision))
            return _excused(edit, (), dry_run=True, in_force=None)
        edit, warnings = _attempt(
            lambda: excuses.make_excuse(site, route_id, wanted, _caller(request), revision=revision)
        )
        return _excused(edit, warnings, dry_run=False, in_force=_in_force(console, edit))

    def _flip(request: Request, wanted: flips.Flip, *, dry_run: bool) -> Flipped:
        if dry_run:
            return _flipped(_attempt(lambda: flips.preview(site, wanted)), dry_run=True, in_force=None)
        made = _attempt(lambda: flips.make_flip(site, wanted, _caller(request)))
        for warning in made.edit.warnings:
            console.notice("audit_incomplete", warning)
        return _flipped(made, dry_run=False, in_force=_in_force(console, made.edit))


def _add_switches(router: APIRouter, console: Console) -> None:
    site = Site(console.map_path, console.evidence)
    operated = console.operated

    @router.post("/force")
    def force(request: Request, asked: AskedForce) -> Forced:
        """Send everything to legacy, whatever the map says; or let the map decide again, with a side of null.

        It is for no revision, and works while the map is wrong, the disk full, or the audit log unwritable.
        """
        side = None if asked.side is None else Side(asked.side)
        caller = _caller(request)
        done = _attempt(lambda: set_force(site, side, caller, reason=asked.reason, say=operated.say_force))
        for warning in done.warnings:
            console.notice("force_incomplete", warning)
        heeded = _wait(lambda: all(worker.force == side for worker in operated.workers()))
        state = None if done.new is None else ForceState(**done.new.document())
        return Forced(force=state, persisted=done.persisted, in_force=heeded, warnings=list(done.warnings))

    # An empty body is as good as none, but who sends nothing rarely says that it is JSON.
    @router.post("/reload", status_code=202, openapi_extra={"requestBody": {"required": True}})
    def reload(request: Request, _asked: AskedReload | None = None) -> Reloading:
        """Read the map again, on every worker."""
        operated.reload()
        caller = _caller(request)
        warnings = []
        try:
            site.audit.append(Act(Action.RELOAD, Outcome.DONE, caller.actor, caller.source))
        except AuditUnwritable as error:
            warnings.append(f"this was done without a line in the audit log: {error}")
        return Reloading(warnings=warnings)


def _attempt(change: Callable[[], T]) -> T:
    """Do it, or refuse in words."""
    try:
        return change()
    except GatewayError as error:
        raise Refused(objection_of(error)) from error


def _caller(request: Request) -> Caller:
    """Who acts is whoever has the operator's token; where from is seen."""
    address = request.client.host if request.client else "an unknown address"
    return Caller("operator", f"console {address}")


def _in_force(console: Console, edit: Edit | ExcuseEdit) -> bool | None:
    """Whether every worker serves the map after the edit, within a moment; None when nothing was changed."""
    if not edit.changed:
        return None
    with suppress(Exception):  # the watcher finds the map without being told
        console.operated.reload()
    return _wait(lambda: {worker.revision for worker in console.operated.workers()} == {edit.new_revision})


def _wait(done: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() >= deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def _common(edit: Edit | ExcuseEdit, *, dry_run: bool, in_force: bool | None) -> dict[str, Any]:
    return {
        "route": edit.route,
        "changed": edit.changed,
        "dry_run": dry_run,
        "diff": list(edit.diff),
        "old_revision": edit.old_revision,
        "new_revision": edit.new_revision,
        "in_force": in_force,
    }


def _flipped(made: flips.Flipped, *, dry_run: bool, in_force: bool | None) -> Flipped:
    edit, gate = made.edit, made.gate
    return Flipped(
        **_common(edit, dry_run=dry_run, in_force=in_force),
        warnings=list(edit.warnings),
        old_mode=edit.old_mode,
        new_mode=edit.new_mode,
        old_percent=edit.old_percent,
        new_percent=edit.new_percent,
        also=list(edit.also),
        gate=None if gate is None else GateWord(state=gate.state, reasons=list(gate.reasons)),
    )


def _excused(edit: ExcuseEdit, warnings: tuple[str, ...], *, dry_run: bool, in_force: bool | None) -> Excused:
    hints = (
        [] if edit.excuse.expires is not None else ["this excuse never expires; a date makes somebody look at it again"]
    )
    return Excused(
        **_common(edit, dry_run=dry_run, in_force=in_force),
        warnings=[*warnings, *hints],
        renewed=edit.renewed is not None,
    )
