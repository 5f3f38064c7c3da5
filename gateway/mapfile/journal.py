"""Every flip, one JSON object a line, in `.gateway/flips.jsonl` beside the map. Only ever appended to.

    {"seq": 7, "time": "2026-11-20T18:24:00.120Z", "route": "employees.get", "old": "shadow", "new": "v2",
     "old_percent": null, "new_percent": null, "revision_before": "...", "revision_after": "...",
     "actor": "root", "reason": "", "forced": false}

A line that cannot be read (a writer was interrupted) is skipped by readers and stays for people.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from gateway.mapfile.store import real_file
from gateway.routing.mode import Mode

_TAIL_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class FlipRecord:
    """One flip. `time` is ISO 8601 in UTC; revisions are whole hashes; percents are of the canary, 0 to 100."""

    seq: int
    time: str
    route: str
    old: Mode
    new: Mode
    old_percent: float | None
    new_percent: float | None
    revision_before: str
    revision_after: str
    actor: str
    reason: str
    forced: bool


def journal_path(map_path: Path) -> Path:
    """Where the flips of a map are kept."""
    return real_file(map_path).parent / ".gateway" / "flips.jsonl"


def append_flip(
    map_path: Path,
    *,
    route: str,
    modes: tuple[Mode, Mode],
    percents: tuple[float | None, float | None],
    revisions: tuple[str, str],
    actor: str,
    reason: str,
    forced: bool,
) -> FlipRecord:
    """Add a flip; pairs are (before, after). To be called by the one writer of the map. Raises OSError."""
    path = journal_path(map_path)
    path.parent.mkdir(exist_ok=True)
    last = last_flip(map_path)
    record = FlipRecord(
        seq=last.seq + 1 if last is not None else 1,
        time=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        route=route,
        old=modes[0],
        new=modes[1],
        old_percent=percents[0],
        new_percent=percents[1],
        revision_before=revisions[0],
        revision_after=revisions[1],
        actor=actor,
        reason=reason,
        forced=forced,
    )
    line = json.dumps(asdict(record), ensure_ascii=True).encode() + b"\n"
    with path.open("ab") as file:
        torn = file.tell() > 0 and not _ends_with_newline(path)
        file.write(b"\n" + line if torn else line)
        file.flush()
        os.fsync(file.fileno())
    return record


def last_flip(map_path: Path, route: str | None = None) -> FlipRecord | None:
    """The latest flip of a map, or of one of its routes among the latest few hundred. None when there is none."""
    return next((flip for flip in recent_flips(map_path) if route is None or flip.route == route), None)


def recent_flips(map_path: Path) -> Iterator[FlipRecord]:
    """The latest flips, newest first; a few hundred at most. Raises OSError for a journal that cannot be read."""
    try:
        with journal_path(map_path).open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL_BYTES))
            lines = file.read().splitlines()
    except FileNotFoundError:
        return
    for line in reversed(lines):
        record = _record(line)
        if record is not None:
            yield record


def _record(line: bytes) -> FlipRecord | None:
    try:
        fields = json.loads(line)
        return FlipRecord(**{**fields, "old": Mode(fields["old"]), "new": Mode(fields["new"])})
    except (ValueError, TypeError, KeyError):
        return None


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
