"""A line of the audit log. Pure.

    {"action":"flip","actor":"ada","after":"9f..","before":"3c..","forced":false,"gate":"ready","hash":"..",
     "new":{"mode":"canary","percent":5},"note":"","of":6,"old":{"mode":"shadow","percent":null},"outcome":"done",
     "prev":"..","reason":"","route":"employees.get","seq":7,"source":"cli","time":"2026-11-20T18:24:00.120Z"}

`hash` is the SHA-256 of the canonical JSON of everything else: members sorted, no spaces, ASCII. `prev` is the hash of
the line before, so that no line can be changed, left out or moved without the next one showing it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

GENESIS = "0" * 64
"""What the first line follows."""


class Action(StrEnum):
    """What somebody did."""

    FLIP = "flip"
    ROLLBACK = "rollback"
    EXCUSE = "excuse"
    FORCE = "force"
    RELOAD = "reload"


class Outcome(StrEnum):
    """How far it got. What changes the map is `begun` before the file is touched, and one of the others after."""

    BEGUN = "begun"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who acts, and from where: `cli`, or `console` and the address."""

    actor: str
    source: str


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that was done, or was not.

    `old` and `new` say what it is about: a mode and percent, an excuse, a forced side. `before` and `after` are the
    map's revisions. `gate` is the gate's state at the time, None where it was not asked. `of` is the line that an
    outcome belongs to.
    """

    action: Action
    outcome: Outcome
    actor: str
    source: str
    route: str = ""
    old: Mapping[str, Any] = field(default_factory=dict)
    new: Mapping[str, Any] = field(default_factory=dict)
    before: str = ""
    after: str = ""
    reason: str = ""
    forced: bool = False
    gate: str | None = None
    note: str = ""
    of: int | None = None

    def ended(self, outcome: Outcome, of: int, note: str = "") -> Act:
        """The same act, with what came of it."""
        return replace(self, outcome=outcome, of=of, note=note)


@dataclass(frozen=True, slots=True)
class Entry:
    """An act in its place in the chain. `time` is ISO 8601 in UTC."""

    seq: int
    time: str
    act: Act
    prev: str
    hash: str

    def document(self) -> dict[str, Any]:
        """As JSON says it."""
        return {**_content(self.seq, self.time, self.act, self.prev), "hash": self.hash}

    def line(self) -> bytes:
        """As the file says it, with its end."""
        return _canonical(self.document()) + b"\n"

    @property
    def is_whole(self) -> bool:
        """Whether the hash is that of the rest."""
        return self.hash == _hash(_content(self.seq, self.time, self.act, self.prev))


def sealed(seq: int, time: str, act: Act, prev: str) -> Entry:
    """The entry of an act that follows the line whose hash is `prev`."""
    return Entry(seq, time, act, prev, _hash(_content(seq, time, act, prev)))


def parse(line: bytes) -> Entry | None:
    """The entry of a line, whole or not; None for what is none, or has more or less in it than an entry."""
    try:
        document = json.loads(line)
        given = {name: document.pop(name) for name in ("seq", "time", "prev", "hash")}
        if document.keys() != _ACT or type(given["seq"]) is not int:
            return None
        document |= {"action": Action(document["action"]), "outcome": Outcome(document["outcome"])}
        return Entry(given["seq"], given["time"], Act(**document), given["prev"], given["hash"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


_ACT = {part.name for part in fields(Act)}


def _content(seq: int, time: str, act: Act, prev: str) -> dict[str, Any]:
    return {"seq": seq, "time": time, "prev": prev, **{name: getattr(act, name) for name in _ACT}}


def _canonical(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def _hash(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(_canonical(content)).hexdigest()
