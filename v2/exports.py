"""The exports for spreadsheets and for the telephone system."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterable
from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy import Select, select
from starlette.responses import StreamingResponse

from gateway.compat.wire.choice import kept
from legacy.tables import employees as people
from v2.employees.queries import listing
from v2.kept import PLAIN
from v2.resources import Db
from v2.wire import Args, Model

router = APIRouter(prefix="/export", tags=["exports"], route_class=PLAIN)

COLUMNS = ("id", "name", "email", "title", "department", "phone", "salary", "hired_on", "left_on")


class Phone(Model):
    name: str
    phone: str


class PhoneBook(Model):
    entries: list[Phone]


@router.get("/employees.csv")
async def employees(args: Args, database: Db) -> StreamingResponse:
    """Every employee, or those of a department."""
    chosen = listing(args.text("department"), None, "id")

    async def lines() -> AsyncIterator[str]:
        yield _line(COLUMNS)
        async for row in database.stream(chosen, at_once=50):
            values = {**row, "name": f"{row['first_name']} {row['last_name']}"}
            yield _line(values[column] for column in COLUMNS)

    headers = {"Content-Disposition": "attachment; filename=employees.csv"}
    return StreamingResponse(lines(), media_type="text/csv", headers=headers)


@router.get("/directory.json")
@kept("files.conditional")
async def directory(database: Db, response: Response) -> PhoneBook:
    """The phone book. The telephones ask every minute, and it hardly ever changes."""
    response.headers["Cache-Control"] = "public, max-age=60"
    rows = await database.all(phone_book())
    return PhoneBook(
        entries=[Phone(name=f"{row['first_name']} {row['last_name']}", phone=row["phone"]) for row in rows],
    )


def phone_book() -> Select[Any]:
    """Who works here and has a telephone."""
    return (
        select(people.c.first_name, people.c.last_name, people.c.phone)
        .where(people.c.left_on.is_(None), people.c.phone.is_not(None))
        .order_by(people.c.id)
    )


def _line(values: Iterable[object]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(values)
    return buffer.getvalue()
