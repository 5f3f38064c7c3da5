"""Changes of a map as the command line makes them, for tests that are about something else than who may."""

from __future__ import annotations

from pathlib import Path

from gateway.audit.entry import Caller
from gateway.changes.flip import Flip, make_flip
from gateway.changes.site import Site
from gateway.mapfile.flip import Edit, Wanted
from gateway.routing.mode import Mode

ADA = Caller("ada", "test")


def flipped(path: Path, route: str, mode: Mode, *, percent: float | None = None, revision: str | None = None) -> Edit:
    """A flip that the gate is not asked for."""
    flip = Flip(route, Wanted(mode, percent), reason="a test", force=True, revision=revision)
    return make_flip(Site(path, None), flip, ADA).edit
