"""The flips of a map, the latest first, read again when there may be more."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from gateway.audit.history import recent_flips
from gateway.audit.log import AuditLog
from gateway.console.views.flip import FlipView, flip_view

MOST = 500
"""Flips that are remembered."""


class FlipBook:
    """Reads the audit log. Any thread may ask."""

    def __init__(self, map_path: Path) -> None:
        self._log = AuditLog(map_path)
        self._known: tuple[tuple[int, int] | None, tuple[FlipView, ...]] = (None, ())

    def latest(self) -> tuple[FlipView, ...]:
        """The latest flips; of a log that cannot be read, those that were known."""
        stamp = self._stamp()
        if self._known[0] != stamp:
            try:
                self._known = (stamp, tuple(map(flip_view, islice(recent_flips(self._log), MOST))))
            except (OSError, ValueError):  # a line whose time is none; `gateway audit verify` says where
                return self._known[1]
        return self._known[1]

    def _stamp(self) -> tuple[int, int]:
        """Another one for another content. Without a log, an earlier release's journal is read, once."""
        try:
            found = self._log.path.stat()
        except OSError:
            return 0, 0
        return found.st_mtime_ns, found.st_size
