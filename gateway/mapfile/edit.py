"""The map's file while somebody changes it: one writer at a time, and never half-written.

with editing(path) as file:
    plan, data = plan_flip(file.read(), path, ...)      # flip.py, excuse.py: pure
    file.put(data, plan.diff)                           # a sibling, fsync, rename
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gateway.errors import MapReadOnly
from gateway.mapfile.load import read_bytes
from gateway.mapfile.store import exclusive, is_projected, real_file, replace_file


@dataclass(frozen=True, slots=True)
class MapFile:
    """The file of a map that is locked for its one writer. `path` is as it was given, `target` is behind links."""

    path: Path
    target: Path

    def read(self) -> bytes:
        """What it holds now. Raises MapInvalid for what cannot be read as a map at all."""
        return read_bytes(self.path)

    def put(self, data: bytes, diff: Sequence[str]) -> None:
        """Put other bytes in its place. Raises MapReadOnly, with `diff` to make by hand; then nothing was changed."""
        lines = tuple(diff)
        if (why := read_only(self.path)) is not None:
            raise MapReadOnly(why, lines)
        try:
            replace_file(self.target, data)
        except OSError as error:
            raise MapReadOnly(f"{self.target} cannot be written: {error.strerror}", lines) from None


@contextmanager
def editing(path: Path) -> Iterator[MapFile]:
    """Lock the map for one change. Raises MapConflict for a writer that does not finish, MapInvalid without a map."""
    target = real_file(path)
    if not target.exists():
        read_bytes(path)  # says what is wrong
    with exclusive(target.parent):
        yield MapFile(path, target)


def read_only(path: Path) -> str | None:
    """Why the map cannot be written where it is, as far as that can be told without trying; None when it may be."""
    if is_projected(path):
        return f"{path} is mounted from a ConfigMap, so writing it here would not last"
    folder = real_file(path).parent
    return None if os.access(folder, os.W_OK) else f"{folder} cannot be written"
