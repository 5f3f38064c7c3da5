"""Who types: for the audit log."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

from gateway.audit.entry import Caller
from gateway.changes.site import Site


def typist() -> Caller:
    """The user of this process, and behind `sudo` the one who became it."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as containers have
        name = "unknown"
    behind = os.environ.get("SUDO_USER")
    return Caller(f"{behind} as {name}" if behind else name, "cli")


def site_of(map_file: Path, *, with_evidence: bool = False) -> Site:
    """The map with its audit log, and with its evidence where a gate is asked: that import takes a third of a second.

    Of the settings only `GATEWAY_EVIDENCE` is read: a rollback must not fail for a token that is too short.
    """
    if not with_evidence:
        return Site(map_file, None)
    from gateway.evidence.opening import evidence_url  # noqa: PLC0415  see above

    return Site(map_file, evidence_url(os.environ.get("GATEWAY_EVIDENCE", ""), map_file))
