"""The audit log of a map: `.gateway/audit.jsonl` beside it, and `audit.head`, which knows the last line.

lock -> what the last line is -> one more line, fsync -> the head, fsync. A line is there whole or not at all: what
could not be written is taken back, and what an interrupted writer left of a line goes before the next one comes.

The first line is preceded by those of `flips.jsonl`, where earlier releases kept the flips.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gateway.audit.chain import Head, Report, verify
from gateway.audit.entry import GENESIS, Act, Entry, parse, sealed
from gateway.audit.journal import journal_of
from gateway.errors import AuditUnwritable, MapBusy
from gateway.mapfile.own_folder import made, own_folder
from gateway.mapfile.store import exclusive, put_file, sync_directory

LOCK_SECONDS = 2.0
"""How long another writer may take: each writes a line."""
_BLOCK = 64 * 1024
_OWNERS_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class AuditLog:
    """The log of one map. May be used on any thread, by any number of processes."""

    map_path: Path

    @property
    def path(self) -> Path:
        """The file with the lines."""
        return own_folder(self.map_path) / "audit.jsonl"

    @property
    def head_path(self) -> Path:
        """The file that knows the last line."""
        return own_folder(self.map_path) / "audit.head"

    def append(self, act: Act) -> Entry:
        """Add an act; it is on the disk when this returns. Raises AuditUnwritable, and then nothing was added."""
        try:
            folder = made(self.path.parent)
            with exclusive(folder, patience=LOCK_SECONDS):
                self._begin()
                return self._append(act)
        except MapBusy as error:
            raise AuditUnwritable(f"{self.path} cannot be written: {error}") from None
        except OSError as error:
            raise AuditUnwritable(f"{self.path} cannot be written: {error.strerror or error}") from None

    def newest_first(self) -> Iterator[Entry]:
        """Every entry that can be read, the latest first. Raises OSError for a log that is there and cannot be read."""
        try:
            with self.path.open("rb") as file:
                yield from _backwards(file.fileno())
        except (FileNotFoundError, NotADirectoryError):
            yield from reversed(chained(journal_of(self.map_path)))

    def verify(self, *noted: str) -> Report:
        """Whether the chain holds. An unfinished last line is nobody's entry. Raises OSError as `newest_first`."""
        try:
            lines = self.path.read_bytes().split(b"\n")[:-1]
        except (FileNotFoundError, NotADirectoryError):
            lines = []
        return verify(lines, self._head(), noted)

    def _begin(self) -> None:
        """Begin with the flips of an earlier release, if this is the first line."""
        earlier = [] if self.path.exists() or self.head_path.exists() else chained(journal_of(self.map_path))
        if earlier:
            self._put(self.path, b"".join(entry.line() for entry in earlier))
            self._note(earlier[-1])

    def _append(self, act: Act) -> Entry:
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, _OWNERS_ONLY)
        try:
            end = _whole_end(descriptor)
            os.ftruncate(descriptor, end)
            seq, prev = self._last(descriptor)
            entry = sealed(seq + 1, now(), act, prev)
            try:
                _write(descriptor, entry.line())
                os.fsync(descriptor)
                if end == 0:
                    sync_directory(self.path.parent)
                self._note(entry)
            except OSError:
                os.ftruncate(descriptor, end)
                raise
            return entry
        finally:
            os.close(descriptor)

    def _last(self, descriptor: int) -> tuple[int, str]:
        """What the next line follows: the last one that can be read, or what the head knows of a later one."""
        found = next(_backwards(descriptor), None)
        seq, hash_ = (0, GENESIS) if found is None else (found.seq, found.hash)
        head = self._head()
        return (head.seq, head.hash) if head is not None and head.seq > seq else (seq, hash_)

    def _head(self) -> Head | None:
        try:
            fields = json.loads(self.head_path.read_bytes())
            return Head(int(fields["seq"]), str(fields["hash"]))
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def _note(self, entry: Entry) -> None:
        self._put(self.head_path, json.dumps({"hash": entry.hash, "seq": entry.seq}).encode() + b"\n")

    def _put(self, path: Path, data: bytes) -> None:
        owner = path.parent.stat()
        put_file(path, data, mode=_OWNERS_ONLY, owner=(owner.st_uid, owner.st_gid))


def chained(acts: list[tuple[str, Act]]) -> list[Entry]:
    """Acts with their times, as the first entries of a log."""
    entries: list[Entry] = []
    for time, act in acts:
        entries.append(sealed(len(entries) + 1, time, act, entries[-1].hash if entries else GENESIS))
    return entries


def now() -> str:
    """The time in UTC, ISO 8601, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _whole_end(descriptor: int) -> int:
    """Where the last whole line ends. One that only lacks its end is given it."""
    size = os.fstat(descriptor).st_size
    tail = os.pread(descriptor, _BLOCK, max(0, size - _BLOCK))
    torn = tail[tail.rfind(b"\n") + 1 :]
    if not torn:
        return size
    entry = parse(torn)
    if entry is not None and entry.is_whole:
        _write(descriptor, b"\n")
        return size + 1
    return size - len(torn)


def _backwards(descriptor: int) -> Iterator[Entry]:
    """The entries of whole lines, from the end, block by block."""
    position = os.fstat(descriptor).st_size
    rest = b""
    unfinished = True
    while position > 0:
        start = max(0, position - _BLOCK)
        lines = (os.pread(descriptor, position - start, start) + rest).split(b"\n")
        position = start
        rest = lines.pop(0) if position > 0 else b""
        for line in reversed(lines):
            entry = None if unfinished else parse(line)
            unfinished = False
            if entry is not None:
                yield entry
