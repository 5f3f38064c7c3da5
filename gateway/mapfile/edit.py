"""Flips and excuses in the map's file. Comments, order, quotes and line endings stay.

lock -> read -> plan (flip.py, excuse.py) -> write a sibling, fsync, rename -> journal, of flips
"""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from gateway.errors import ExcuseRefused, FlipRefused, GatewayError
from gateway.mapfile.excuse import ExcuseEdit, plan_excuse
from gateway.mapfile.flip import Edit, Wanted, plan_flip
from gateway.mapfile.journal import append_flip
from gateway.mapfile.load import read_bytes
from gateway.mapfile.store import exclusive, is_projected, real_file, replace_file
from gateway.parity.rules import Excuse
from gateway.routing.mode import Mode


def flip(
    path: Path,
    route_id: str,
    mode: Mode,
    *,
    percent: float | None = None,
    sticky: str | None = None,
    sample: float | None = None,
    expected_revision: str | None = None,
    actor: str | None = None,
    reason: str = "",
    forced: bool = False,
) -> Edit:
    """Change the mode of a route, or of `__default__`, in the map at `path`.

    `expected_revision` (whole, or at least the 12 characters that are shown) makes it conditional. `actor` is the user
    of the process unless given; it goes to the journal with `reason` and `forced`, which decide nothing here: whether a
    step of the ladder may be skipped is for the caller, who finds the rungs in `Edit.skipped`.

    Raises RouteUnknown; FlipRefused for a canary without a percent, for options that do not fit the mode and for a map
    that cannot be written, with the lines to change by hand; MapConflict for another revision or a writer that does
    not finish; MapInvalid for a map that does not load.
    """
    wanted = Wanted(mode, percent, sticky, sample)
    target = real_file(path)
    if not target.exists():
        read_bytes(path)  # says what is wrong
    with exclusive(target.parent):
        edit, data = plan_flip(read_bytes(path), path, route_id, wanted, expected_revision=expected_revision)
        if not edit.changed:
            return edit
        _write(path, target, data, edit.diff, FlipRefused)
        return replace(edit, warnings=_journal(edit, actor=actor, reason=reason, forced=forced))


def excuse(path: Path, route_id: str, wanted: Excuse) -> ExcuseEdit:
    """Add an excuse to a route's `compare`, or to the defaults' for `__default__`, in the map at `path`.

    An excuse for the same place is replaced. Nothing is written when it is there already, word for word.

    Raises RouteUnknown; ExcuseRefused for a place that cannot be followed, an excuse that is over and a map that cannot
    be written, with the line to write by hand; MapConflict for a writer that does not finish; MapInvalid for a map that
    does not load.
    """
    target = real_file(path)
    if not target.exists():
        read_bytes(path)  # says what is wrong
    with exclusive(target.parent):
        edit, data = plan_excuse(read_bytes(path), path, route_id, wanted, today=datetime.now(UTC).date())
        if edit.changed:
            _write(path, target, data, edit.diff, ExcuseRefused)
        return edit


def _write(path: Path, target: Path, data: bytes, diff: Sequence[str], refused: type[GatewayError]) -> None:
    by_hand = "make this edit where the map is kept, and roll it out:\n" + "\n".join(diff)
    if is_projected(path):
        raise refused(f"{path} is mounted from a ConfigMap, so writing it here would not last; {by_hand}")
    try:
        replace_file(target, data)
    except OSError as error:
        raise refused(f"{target} cannot be written: {error.strerror}; {by_hand}") from None


def _journal(edit: Edit, *, actor: str | None, reason: str, forced: bool) -> tuple[str, ...]:
    try:
        append_flip(
            edit.path,
            route=edit.route,
            modes=(edit.old_mode, edit.new_mode),
            percents=(edit.old_percent, edit.new_percent),
            revisions=(edit.old_revision, edit.new_revision),
            actor=actor if actor is not None else _user(),
            reason=reason,
            forced=forced,
        )
    except OSError as error:
        return (f"the flip is in force, but the journal could not be written: {error}",)
    return ()


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as containers have
        return "unknown"
