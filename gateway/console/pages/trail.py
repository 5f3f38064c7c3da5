"""The audit log as a page: each act once with what came of it, the latest first, and whether the chain holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from gateway.audit.chain import Report
from gateway.audit.entry import Entry
from gateway.audit.history import settled

MOST = 50
"""Acts on one page."""


@dataclass(frozen=True, slots=True)
class Line:
    """One act. `time` is in seconds since 1970; `old` and `new` say in words what it was about."""

    seq: int
    time: float
    action: str
    outcome: str
    actor: str
    source: str
    route: str
    old: str
    new: str
    before: str
    after: str
    reason: str
    forced: bool
    gate: str | None
    note: str
    hash: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """A page of the log. `older` is where the next one begins, None on the last."""

    lines: tuple[Line, ...]
    older: int | None
    findings: tuple[str, ...]
    """What is wrong with the chain, in sentences; empty: it holds."""
    entries: int
    """Lines of the log, of which an act may have two."""
    head: str
    """The hash of the last line; empty for a log without any."""


def audit_page(newest_first: Iterable[Entry], report: Report, before: int | None) -> AuditPage:
    """The page of acts whose number is below `before`; from the latest when it is None."""
    wanted = (one for one in settled(newest_first) if before is None or one[0].seq < before)
    found = list(islice(wanted, MOST + 1))
    lines = tuple(_line(entry, outcome) for entry, outcome in found[:MOST])
    return AuditPage(
        lines=lines,
        older=lines[-1].seq if len(found) > MOST else None,
        findings=tuple(f"line {one.line}: {one.sentence}" for one in report.findings),
        entries=report.entries,
        head="" if report.head is None else report.head.hash,
    )


def _line(entry: Entry, outcome: str) -> Line:
    act = entry.act
    return Line(
        seq=entry.seq,
        time=_seconds(entry.time),
        action=act.action.value,
        outcome=outcome,
        actor=act.actor,
        source=act.source,
        route=act.route,
        old=_words(act.old),
        new=_words(act.new),
        before=act.before,
        after=act.after,
        reason=act.reason,
        forced=act.forced,
        gate=act.gate,
        note=act.note,
        hash=entry.hash,
    )


def _words(about: Mapping[str, Any]) -> str:
    """`canary, percent 10`: the mode as it is, everything else with its name."""
    said = [f"{value:g}" if isinstance(value, float) else str(value) for value in about.values()]
    named = zip(about, said, about.values(), strict=True)
    return ", ".join(text if name == "mode" else f"{name} {text}" for name, text, value in named if value is not None)


def _seconds(time: str) -> float:
    """A log that was tampered with may say anything."""
    try:
        return datetime.fromisoformat(time).timestamp()
    except ValueError:
        return 0.0
