"""Audit logs for tests of what shows them."""

from __future__ import annotations

from gateway.audit.chain import verify
from gateway.audit.entry import GENESIS, Act, Action, Entry, Outcome, sealed
from gateway.console.pages.trail import AuditPage, audit_page

TIME = "2026-11-21T14:00:00.000Z"


def entries_of(*acts: Act) -> list[Entry]:
    """Acts as a chain, the oldest first."""
    found: list[Entry] = []
    for number, act in enumerate(acts, start=1):
        found.append(sealed(number, TIME, act, found[-1].hash if found else GENESIS))
    return found


def a_flip(text: str = "", **changes: object) -> Act:
    """A flip that was made; `text` is put into everything that comes from outside."""
    parts = {
        "action": Action.FLIP,
        "outcome": Outcome.DONE,
        "actor": "ada" + text,
        "source": "console 10.0.0.7" + text,
        "route": "employees.get" + text,
        "old": {"mode": "shadow", "percent": None},
        "new": {"mode": "canary" + text, "percent": 5.0},
        "before": "a" * 64,
        "after": "b" * 64,
        "reason": "looks good" + text,
        "note": "as it was" + text,
        "forced": True,
        "gate": "ready" + text,
        **changes,
    }
    return Act(**parts)  # type: ignore[arg-type]


def an_audit_page(text: str = "") -> AuditPage:
    """A page with two acts of a log whose head is missing."""
    entries = entries_of(a_flip(text), a_flip(text, action=Action.FORCE, outcome=Outcome.BEGUN))
    report = verify([entry.line().rstrip(b"\n") for entry in entries], None)
    return audit_page(reversed(entries), report, None)
