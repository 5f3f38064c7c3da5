"""Work in the background, its state in the database, and the log of writes."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import APIRouter, BackgroundTasks, HTTPException, Request, Response
from pydantic import JsonValue
from sqlalchemy import insert, select, update

from legacy.tables import audit_log, jobs
from v2.access import NeedsApiKey
from v2.body import read_json
from v2.clock import utcnow
from v2.employees.queries import LARGEST_ID, departments_with_payroll
from v2.kept import PROGRAMS
from v2.resources import Database, Db
from v2.wire import Args, HttpDate, Model

router = APIRouter(prefix="/api", tags=["jobs"], route_class=PROGRAMS, dependencies=[NeedsApiKey])


async def count_heads(database: Database) -> dict[str, Any]:
    """How many people there are, and where."""
    counted = await database.all(departments_with_payroll())
    by_department = {row["slug"]: row["headcount"] for row in counted}
    return {"total": sum(by_department.values()), "departments": by_department}


KINDS = {"headcount": count_heads}


class Job(Model):
    id: int
    kind: str
    status: str
    result: JsonValue
    error: str | None
    created_at: HttpDate
    finished_at: HttpDate | None


class Entry(Model):
    id: int
    method: str
    path: str
    status: int
    actor: str
    at: HttpDate


class Entries(Model):
    items: list[Entry]


@router.post("/jobs", status_code=202)
async def start(request: Request, database: Db, tasks: BackgroundTasks, response: Response) -> Job:
    """Start a job in the background."""
    payload = await read_json(request)
    kind = payload.get("kind") if isinstance(payload, dict) else None
    if not isinstance(kind, str) or kind not in KINDS:
        raise HTTPException(400, f"Send a kind of job: {', '.join(sorted(KINDS))}.")
    now = utcnow()
    number = await database.scalar(insert(jobs).values(kind=kind, status="queued", created_at=now).returning(jobs.c.id))
    tasks.add_task(run, database, number, kind)
    response.headers["Location"] = f"/api/jobs/{number}"
    return Job(id=number, kind=kind, status="queued", result=None, error=None, created_at=now, finished_at=None)


@router.get("/jobs/{number}")
async def show(number: int, database: Db) -> Job:
    """Show a job and, when it is done, its result."""
    row = None
    if number <= LARGEST_ID:
        row = await database.first(select(jobs).where(jobs.c.id == number))
    if row is None:
        raise HTTPException(404, f"There is no job {number}.")
    return Job.model_validate(dict(row))


@router.get("/audit")
async def audit(args: Args, database: Db) -> Entries:
    """Show the latest writes to the directory."""
    limit = min(max(args.integer("limit", 20), 1), 200)
    rows = await database.all(select(audit_log).order_by(audit_log.c.id.desc()).limit(limit))
    return Entries(items=[Entry.model_validate(dict(row)) for row in rows])


async def run(database: Database, number: int, kind: str) -> None:
    """Do the work of a job and write down what came of it."""
    job = update(jobs).where(jobs.c.id == number)
    await database.execute(job.values(status="running"))
    try:
        result = await KINDS[kind](database)
    except Exception as error:
        logging.getLogger("v2.jobs").exception("job %d failed", number)
        await database.execute(job.values(status="failed", error=str(error), finished_at=utcnow()))
    else:
        await database.execute(job.values(status="done", result=result, finished_at=utcnow()))
