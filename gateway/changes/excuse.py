"""An excuse, written into the map: previewed, and made."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from gateway.audit.entry import Act, Action, Caller, Outcome
from gateway.changes.site import Site, tidy_reason
from gateway.changes.transaction import make
from gateway.errors import MapConflict, MapReadOnly
from gateway.mapfile.edit import editing, read_only
from gateway.mapfile.excuse import ExcuseEdit, plan_excuse
from gateway.mapfile.flip import is_revision
from gateway.mapfile.load import read_bytes, revision_of
from gateway.parity.rules import Excuse


def preview(site: Site, route: str, excuse: Excuse, *, revision: str | None = None) -> ExcuseEdit:
    """What `make_excuse` would do or raise, as far as that can be told without trying. Nothing is written."""
    edit, _ = _planned(site, read_bytes(site.map_path), route, excuse, revision)
    if edit.changed and (why := read_only(site.map_path)) is not None:
        raise MapReadOnly(why, edit.diff)
    return edit


def make_excuse(
    site: Site, route: str, excuse: Excuse, caller: Caller, *, revision: str | None = None
) -> tuple[ExcuseEdit, tuple[str, ...]]:
    """Add an excuse to a route's `compare`, or to the defaults' for `__default__`; one for the same place is replaced.

    Returns what was changed, and warnings. Nothing is written when the excuse is there already, word for word.
    Raises ExcuseRefused, RouteUnknown, MapConflict and MapInvalid as `plan_excuse`; MapReadOnly with the edit to make
    by hand; AuditUnwritable; ReasonRefused.
    """
    with editing(site.map_path) as file:
        edit, data = _planned(site, file.read(), route, excuse, revision)
        if not edit.changed:
            return edit, ()
        return edit, make(site, file, data, _act(edit, caller), edit.diff, urgent=False)


def _planned(site: Site, data: bytes, route: str, excuse: Excuse, revision: str | None) -> tuple[ExcuseEdit, bytes]:
    found = revision_of(data)
    if revision is not None and not is_revision(found, revision):
        raise MapConflict(f"the map is at revision {found[:12]}, not {revision}; read it again")
    tidy = replace(excuse, reason=tidy_reason(excuse.reason))
    return plan_excuse(data, site.map_path, route, tidy, today=datetime.now(UTC).date())


def _act(edit: ExcuseEdit, caller: Caller) -> Act:
    return Act(
        action=Action.EXCUSE,
        outcome=Outcome.BEGUN,
        actor=caller.actor,
        source=caller.source,
        route=edit.route,
        old={} if edit.renewed is None else _words(edit.renewed),
        new=_words(edit.excuse),
        before=edit.old_revision,
        after=edit.new_revision,
        reason=edit.excuse.reason,
    )


def _words(excuse: Excuse) -> dict[str, Any]:
    expires = None if excuse.expires is None else excuse.expires.isoformat()
    return {"at": excuse.at, "header": excuse.header, "reason": excuse.reason, "expires": expires}
