"""Flipping a route in the map's file. Comments, order, quotes and line endings stay.

lock -> read -> plan (flip.py) -> write a sibling, fsync, rename -> journal
"""

from __future__ import annotations

import getpass
from dataclasses import replace
from pathlib import Path

from gateway.errors import FlipRefused
from gateway.mapfile.flip import Edit, Wanted, plan_flip
from gateway.mapfile.journal import append_flip
from gateway.mapfile.load import read_bytes
from gateway.mapfile.store import exclusive, is_projected, real_file, replace_file
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
        _write(path, target, data, edit)
        return replace(edit, warnings=_journal(edit, actor=actor, reason=reason, forced=forced))


def _write(path: Path, target: Path, data: bytes, edit: Edit) -> None:
    by_hand = "make this edit where the map is kept, and roll it out:\n" + "\n".join(edit.diff)
    if is_projected(path):
        raise FlipRefused(f"{path} is mounted from a ConfigMap, so writing it here would not last; {by_hand}")
    try:
        replace_file(target, data)
    except OSError as error:
        raise FlipRefused(f"{target} cannot be written: {error.strerror}; {by_hand}") from None


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
