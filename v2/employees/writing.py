"""Adding, changing and removing employees."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from sqlalchemy import delete, insert, select, update

from legacy.tables import departments, employees
from v2.access import writer
from v2.body import read_json
from v2.clock import utcnow
from v2.employees.drafts import Changes, Draft, Known, load
from v2.employees.models import Employee
from v2.employees.queries import LARGEST_ID
from v2.employees.reading import row_of
from v2.employees.slugs import free_slug
from v2.kept import PROGRAMS
from v2.resources import Database, Db

router = APIRouter(route_class=PROGRAMS)

EDITORS = Depends(writer("admin", "editor"))
ADMINS = Depends(writer("admin"))


@router.post("/employees", status_code=201, dependencies=[EDITORS])
async def create(request: Request, database: Db, response: Response) -> Employee:
    """Add an employee."""
    payload = await read_json(request)
    draft = load(Draft, payload, await known_to(database, payload))
    await refuse_taken_email(database, draft.email)
    now = utcnow()
    values = await columns_of(database, draft.model_dump())
    values |= {"slug": await free_slug(database, f"{draft.first_name} {draft.last_name}"), "created_at": now}
    number = await database.scalar(insert(employees).values(**values, updated_at=now).returning(employees.c.id))
    response.headers["Location"] = f"/employee/{number}"
    return Employee.of(await row_of(number, database))


@router.put("/employee/{number}", dependencies=[EDITORS])
async def replace(number: int, request: Request, database: Db) -> Employee:
    """Replace everything that is known about an employee."""
    return await _change(Draft, number, request, database)


@router.patch("/employee/{number}", dependencies=[EDITORS])
async def change(number: int, request: Request, database: Db) -> Employee:
    """Change some fields of an employee."""
    return await _change(Changes, number, request, database)


@router.delete("/employee/{number}", status_code=204, dependencies=[ADMINS])
async def remove(number: int, database: Db) -> None:
    """Remove an employee."""
    await row_of(number, database)
    await database.execute(delete(employees).where(employees.c.id == number))


async def _change(kind: type[Changes], number: int, request: Request, database: Database) -> Employee:
    before = await row_of(number, database)
    payload = await read_json(request)
    draft = load(kind, payload, await known_to(database, payload))
    changed = draft.changed()
    if changed.get("email", before["email"]) != before["email"]:
        await refuse_taken_email(database, changed["email"])
    values = await columns_of(database, changed)
    await database.execute(update(employees).where(employees.c.id == number).values(**values, updated_at=utcnow()))
    return Employee.of(await row_of(number, database))


async def known_to(database: Database, payload: Any) -> Known:
    """What of the payload's references is in the database."""
    manager = payload.get("manager_id") if isinstance(payload, dict) else None
    is_number = isinstance(manager, int) and not isinstance(manager, bool) and abs(manager) <= LARGEST_ID
    rows = await database.all(select(departments.c.slug))
    found = await database.all(select(employees.c.id).where(employees.c.id == manager)) if is_number else ()
    return Known(frozenset(row["slug"] for row in rows), frozenset(row["id"] for row in found))


async def refuse_taken_email(database: Database, email: str) -> None:
    """Raises HTTPException(409) for somebody's address."""
    if await database.scalar(select(employees.c.id).where(employees.c.email == email)) is not None:
        raise HTTPException(409, f"The e-mail address {email} is taken.")


async def columns_of(database: Database, values: dict[str, Any]) -> dict[str, Any]:
    """The members of a draft as columns of the table: the department by its number."""
    columns = dict(values)
    if "department" in columns:
        slug = columns.pop("department")
        columns["department_id"] = await database.scalar(select(departments.c.id).where(departments.c.slug == slug))
    return columns
