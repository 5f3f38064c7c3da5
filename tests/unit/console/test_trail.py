"""`/api/v1/audit`."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.audit.entry import Act, Action, Outcome
from gateway.audit.log import AuditLog
from tests.support.console import Operated, client

pytestmark = pytest.mark.anyio


@pytest.fixture
def operated(tmp_path: Path) -> Operated:
    return Operated(path=str(tmp_path / "migration_map.yaml"))


def fill(operated: Operated, number: int) -> AuditLog:
    log = AuditLog(Path(operated.path))
    for index in range(number):
        log.append(Act(Action.FLIP, Outcome.DONE, "ada", "cli", f"route-{index}"))
    return log


async def test_pages_follow_each_other_without_a_gap(operated: Operated) -> None:
    fill(operated, 7)
    seen: list[int] = []
    async with client(operated) as http:
        before = ""
        while True:
            page = (await http.get(f"/api/v1/audit?limit=3{before}")).json()
            seen += [entry["seq"] for entry in page["entries"]]
            if page["older"] is None:
                break
            before = f"&before={page['older']}"
    assert seen == [7, 6, 5, 4, 3, 2, 1]
    assert (page["verified"], page["lines"], len(page["head"])) == (True, 7, 64)


async def test_tampered_log_is_not_verified_and_says_where(operated: Operated) -> None:
    """Case 173."""
    log = fill(operated, 3)
    async with client(operated) as http:
        assert (await http.get("/api/v1/audit")).json()["verified"] is True
        log.path.write_bytes(log.path.read_bytes().replace(b"route-1", b"route-9"))
        page = (await http.get("/api/v1/audit")).json()
    assert (page["verified"], page["findings"][0]["line"], page["findings"][0]["fault"]) == (False, 2, "changed")


async def test_no_log_is_an_empty_page(operated: Operated) -> None:
    async with client(operated) as http:
        page = (await http.get("/api/v1/audit?limit=-5&before=0")).json()
    assert (page["entries"], page["older"], page["verified"], page["head"]) == ([], None, True, None)


@pytest.mark.parametrize("query", ["limit=999999999999", "before=-1", "before=99999999999999999999999"])
async def test_numbers_beyond_reason_are_brought_within(operated: Operated, query: str) -> None:
    fill(operated, 2)
    async with client(operated) as http:
        assert (await http.get(f"/api/v1/audit?{query}")).status_code == 200


async def test_log_that_cannot_be_read_is_said(operated: Operated) -> None:
    AuditLog(Path(operated.path)).path.mkdir(parents=True)
    async with client(operated) as http:
        answer = await http.get("/api/v1/audit")
    assert (answer.status_code, answer.json()["error"]) == (503, "audit_unreadable")
