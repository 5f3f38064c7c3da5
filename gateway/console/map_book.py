"""The map that is in force, and the one on disk when that is another. For one thread at a time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gateway.console.views.map import RefusedMap, refused_map
from gateway.console.views.operated import Observed
from gateway.console.views.picture import Refusal
from gateway.errors import MapInvalid, Problem
from gateway.mapfile.load import parse_map, read_bytes, revision_of
from gateway.mapfile.loaded import LoadedMap


@dataclass(frozen=True, slots=True)
class _Seen:
    """A version on disk that was refused."""

    revision: str
    text: str
    problems: tuple[Problem, ...]


class MapBook:
    """`operated` has the map of its process; a supervisor has none, so the file is read until it has the revision."""

    def __init__(self, path: Path, operated: Observed) -> None:
        self._path = path
        self._operated = operated
        self._loaded: LoadedMap | None = None
        self._looked: tuple[int, int, int] | None = None
        self._refused: _Seen | None = None

    def in_force(self, revision: str) -> LoadedMap:
        """The map of that revision, or the last one that was; raises MapInvalid when there has been none yet."""
        known = self._operated.loaded()
        if known is not None:
            self._loaded = known
        elif self._loaded is None or revision not in {"", self._loaded.revision}:
            try:
                data = read_bytes(self._path)
                if self._loaded is None or revision_of(data) == revision:
                    self._loaded = parse_map(data, self._path)
            except MapInvalid:
                if self._loaded is None:
                    raise
        return self._loaded

    def look(self) -> None:
        """See whether the file on disk is one that is refused. Reads it when it is another than the last time."""
        try:
            found = self._path.stat()
            looked = (found.st_mtime_ns, found.st_size, found.st_ino)
        except OSError:
            looked = (0, 0, 0)
        if self._loaded is None or (looked == self._looked and looked[2]):
            return
        self._looked, self._refused = looked, None
        try:
            data = read_bytes(self._path)
            if revision_of(data) != self._loaded.revision:
                self._look_at(data)
        except MapInvalid as error:
            self._refused = _Seen("", "", error.problems)

    def refusal(self) -> Refusal | None:
        """The version on disk in a sentence, where it is refused."""
        seen = self._refused
        if seen is None:
            return None
        first = seen.problems[0]
        return Refusal(f"line {first.line}: {first.what}" if seen.text else first.what, len(seen.problems))

    def refused(self) -> RefusedMap | None:
        """The version on disk line by line, where it is refused."""
        seen = self._refused
        return None if seen is None else refused_map(seen.revision, seen.text, seen.problems)

    def _look_at(self, data: bytes) -> None:
        try:
            parse_map(data, self._path)
        except MapInvalid as error:
            self._refused = _Seen(revision_of(data), data.decode("utf-8", "replace"), error.problems)
