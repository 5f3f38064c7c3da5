"""`GET /api/v1/audit`: what was done, the latest first, and whether the log of it is whole."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Query

from gateway.audit.chain import Report
from gateway.audit.history import settled
from gateway.audit.log import AuditLog
from gateway.console.access import allow
from gateway.console.auth import Access
from gateway.console.context import Console
from gateway.console.failing import READING, failing
from gateway.console.refusals import Denied, Refused
from gateway.console.told import AuditEntry, AuditFinding, AuditPage

MOST = 200


def trail_router(console: Console) -> APIRouter:
    """The endpoint."""
    router = APIRouter(
        prefix="/api/v1",
        tags=["reading"],
        dependencies=[allow(Access.READ)],
        responses=failing(*READING, 422, 503),
    )
    log = AuditLog(console.map_path)
    checked = _Checked(log)

    @router.get("/audit")
    def audit(
        limit: Annotated[
            int, Query(description="Acts of a page, from 1 to 200; others are taken for the nearest.")
        ] = 50,
        before: Annotated[int | None, Query(description="Only acts with a smaller number.")] = None,
    ) -> AuditPage:
        """What was changed, by whom and why, the latest first."""
        try:
            return _page(log, checked.report(), min(max(limit, 1), MOST), before)
        except OSError as error:
            sentence = f"the audit log cannot be read: {error.strerror or error}"
            raise Refused(Denied(503, "audit_unreadable", sentence)) from error  # type: ignore[arg-type] # an int is one

    return router


class _Checked:
    """The verdict on the log, worked out anew when the log is another one: a long log takes a while to check."""

    def __init__(self, log: AuditLog) -> None:
        self._log = log
        self._known: tuple[Any, Report] | None = None

    def report(self) -> Report:
        stamp = (_stamp(self._log.path), _stamp(self._log.head_path))
        known = self._known
        if known is None or known[0] != stamp:
            known = self._known = (stamp, self._log.verify())
        return known[1]


def _stamp(path: Any) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _page(log: AuditLog, report: Report, limit: int, before: int | None) -> AuditPage:
    wanted = (one for one in settled(log.newest_first()) if before is None or one[0].seq < before)
    found = list(islice(wanted, limit + 1))
    entries = [AuditEntry.model_validate({**entry.document(), "outcome": outcome}) for entry, outcome in found[:limit]]
    return AuditPage(
        entries=entries,
        older=entries[-1].seq if len(found) > limit else None,
        verified=report.holds,
        findings=[AuditFinding(line=one.line, fault=one.fault, sentence=one.sentence) for one in report.findings],
        lines=report.entries,
        head=None if report.head is None else report.head.hash,
    )
