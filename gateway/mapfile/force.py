"""The kill switch as a file: `.gateway/force` beside the map sends everything to one side, whatever the map says.

    {"actor": "ada", "reason": "v2 is on fire", "side": "legacy", "since": "2026-11-20T18:24:00.120Z"}

It is apart from the map, so that it works while the map is wrong or read-only, and it outlives a restart. A file that
cannot be understood means legacy: somebody in a hurry wrote it, and that is what they wanted.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gateway.exchange import Side
from gateway.mapfile.own_folder import made, own_folder
from gateway.mapfile.store import put_file, sync_directory

_MOST_BYTES = 64 * 1024
_FOR_ALL_TO_READ = 0o644


@dataclass(frozen=True, slots=True)
class Force:
    """Everything goes to `side`. `since` is ISO 8601 in UTC, empty where nobody noted it."""

    side: Side
    actor: str = ""
    since: str = ""
    reason: str = ""

    def sentence(self) -> str:
        """For people: what it does, who said so and why."""
        who = f" by {self.actor}" if self.actor else ""
        when = f" since {self.since}" if self.since else ""
        why = f": {self.reason}" if self.reason else ""
        return f"everything is sent to {self.side}{who}{when}{why}"

    def document(self) -> dict[str, str]:
        """As JSON says it."""
        return {**asdict(self), "side": self.side.value}


@dataclass(frozen=True, slots=True)
class Word:
    """What is said about the switch in memory, where its file cannot be written: `force`, in place of the file `over`.

    It names the file's content, so that a process that hears it later than it was said does not obey an old word.
    """

    force: Force | None
    over: Force | None

    def document(self) -> dict[str, Any]:
        """As JSON says it."""
        return {"force": self.force and self.force.document(), "over": self.over and self.over.document()}


def word_of(fields: dict[str, Any]) -> Word:
    """The reverse of `Word.document`. Raises as `force_of`."""
    return Word(*(None if fields[name] is None else force_of(fields[name]) for name in ("force", "over")))


def force_path(map_path: Path) -> Path:
    """Where the switch of a map is."""
    return own_folder(map_path) / "force"


def read_force(map_path: Path) -> Force | None:
    """What is forced; None when nothing is. Raises OSError for a file that is there and cannot be read."""
    try:
        with force_path(map_path).open("rb") as file:
            data = file.read(_MOST_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return parse_force(data)


def parse_force(data: bytes) -> Force:
    """What the file's bytes say. Total."""
    try:
        fields = json.loads(data)
        return force_of(fields)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return Force(Side.LEGACY, reason=".gateway/force cannot be understood, so it is taken for legacy")


def force_of(fields: dict[str, Any]) -> Force:
    """The reverse of `Force.document`. Raises ValueError, KeyError or AttributeError for anything else."""
    others = {name: str(fields.get(name, "")) for name in ("actor", "since", "reason")}
    return Force(Side(fields["side"]), **others)


def write_force(map_path: Path, force: Force) -> None:
    """Force a side. The file is there whole or not at all. Raises OSError."""
    path = force_path(map_path)
    owner = made(path.parent).stat()
    data = json.dumps(force.document(), sort_keys=True).encode() + b"\n"
    put_file(path, data, mode=_FOR_ALL_TO_READ, owner=(owner.st_uid, owner.st_gid))


def clear_force(map_path: Path) -> None:
    """Force nothing. Raises OSError when what is there cannot be removed."""
    path = force_path(map_path)
    try:
        path.unlink()
    except (FileNotFoundError, NotADirectoryError):
        return
    sync_directory(path.parent)
