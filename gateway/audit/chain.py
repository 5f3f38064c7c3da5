"""Whether the chain of an audit log holds, and where it does not. Pure.

What it sees: a line that was changed, is missing, was moved, repeated or put in; lines cut off at the end, by the head
that is kept beside the log. What no chain sees: all of it, head included, written anew by somebody who may write both.
Against that, a head that was noted elsewhere helps: it must still be in the chain.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gateway.audit.entry import GENESIS, Entry, Outcome, parse

SHORTEST_HEAD = 12


class Fault(StrEnum):
    """What is wrong with a line, or with the end of the log."""

    CHANGED = "changed"
    MISSING = "missing"
    REORDERED = "reordered"
    TRUNCATED = "truncated"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault. `line` counts from 1; it is the line after the last one where the end is missing."""

    line: int
    fault: Fault
    sentence: str


@dataclass(frozen=True, slots=True)
class Head:
    """The last line that was written, as it was noted beside the log."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a log says of itself. `open` are acts that were begun, and of which nothing else is known."""

    entries: int
    head: Head | None
    findings: tuple[Finding, ...]
    open: tuple[Entry, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


def verify(lines: Iterable[bytes], head: Head | None, noted: Sequence[str] = ()) -> Report:
    """Check whole lines, without their ends. `noted` are hashes, or 12 characters of them, that were kept elsewhere."""
    findings: list[Finding] = []
    last: Entry | None = None
    hashes: dict[int, str] = {}
    begun: dict[int, Entry] = {}
    number = 0
    for number, line in enumerate(lines, start=1):
        entry = parse(line)
        if entry is None:
            findings.append(Finding(number, Fault.CHANGED, "this is no entry of the log"))
            continue
        findings.extend(_faults(number, entry, last))
        hashes[entry.seq] = entry.hash
        if entry.act.outcome is Outcome.BEGUN:
            begun[entry.seq] = entry
        elif entry.act.of is not None:
            begun.pop(entry.act.of, None)
        last = entry
    findings.extend(_end(number + 1, last, head, hashes))
    findings.extend(_unknown(number + 1, noted, hashes))
    return Report(number, None if last is None else Head(last.seq, last.hash), tuple(findings), tuple(begun.values()))


def _faults(number: int, entry: Entry, last: Entry | None) -> Iterable[Finding]:
    expected = 1 if last is None else last.seq + 1
    if not entry.is_whole:
        yield Finding(number, Fault.CHANGED, f"entry {entry.seq} was changed: its hash is not that of its content")
    if entry.seq > expected:
        which = f"entry {expected}" if entry.seq == expected + 1 else f"entries {expected} to {entry.seq - 1}"
        yield Finding(number, Fault.MISSING, f"{which} should stand before entry {entry.seq}")
    elif entry.seq < expected:
        yield Finding(number, Fault.REORDERED, f"entry {entry.seq} stands where entry {expected} belongs")
    elif entry.prev != (GENESIS if last is None else last.hash):
        yield Finding(
            number, Fault.CHANGED, f"entry {entry.seq} does not follow from the line before: one was replaced"
        )


def _end(number: int, last: Entry | None, head: Head | None, hashes: dict[int, str]) -> Iterable[Finding]:
    if head is None:
        if last is not None:
            yield Finding(number, Fault.TRUNCATED, "audit.head is missing or unreadable, so the end cannot be checked")
        return
    if last is None or head.seq > last.seq:
        have = "nothing" if last is None else f"entry {last.seq}"
        yield Finding(number, Fault.TRUNCATED, f"the log ends with {have}, and entry {head.seq} was written")
    elif hashes.get(head.seq, head.hash) != head.hash:
        yield Finding(
            number, Fault.CHANGED, f"entry {head.seq} is not the one that was written: audit.head has its hash"
        )
    elif last.seq > head.seq + 1:  # a writer may have been interrupted once, between its line and its head
        yield Finding(
            number, Fault.CHANGED, f"entries after {head.seq + 1} were added by something else: see audit.head"
        )


def _unknown(number: int, noted: Sequence[str], hashes: dict[int, str]) -> Iterable[Finding]:
    for one in noted:
        known = len(one) >= SHORTEST_HEAD and any(found.startswith(one.lower()) for found in hashes.values())
        if not known:
            yield Finding(
                number, Fault.CHANGED, f"no entry has the hash {one}: what was written then is not here any more"
            )
