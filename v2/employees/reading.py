"""One employee: by number, by name, whoever is logged in, and who reports to them."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from sqlalchemy import RowMapping

from gateway.compat.login import CurrentUser
from legacy.tables import employees
from v2.employees import queries
from v2.employees.models import Employee, Manager, Reports
from v2.kept import PLAIN
from v2.resources import Database, Db

router = APIRouter(prefix="/employee", route_class=PLAIN)


@router.get("/me")
async def me(user: CurrentUser, database: Db) -> Employee:
    """Show the employee who is logged in."""
    if user is None:
        raise HTTPException(401, "Please log in first.")
    if user.employee_id is None:
        raise HTTPException(404, "This account belongs to no employee.")
    return Employee.of(await row_of(user.employee_id, database))


@router.get("/{number}")
async def by_id(number: int, database: Db) -> Employee:
    """Show an employee by number."""
    return Employee.of(await row_of(number, database))


@router.get("/{slug}")
async def by_slug(slug: str, database: Db) -> Employee:
    """Show an employee by name."""
    row = await database.first(queries.employee_rows().where(employees.c.slug == slug))
    if row is None:
        raise HTTPException(404, f"There is no employee {slug!r}.")
    return Employee.of(row)


@router.get("/{number}/reports")
async def reports(number: int, database: Db) -> Reports:
    """List who reports to an employee."""
    manager = await row_of(number, database)
    rows = await database.all(queries.reports_to(number))
    return Reports(
        manager=Manager(id=number, name=f"{manager['first_name']} {manager['last_name']}"),
        count=len(rows),
        items=[Employee.of(row) for row in rows],
    )


async def row_of(number: int, database: Database) -> RowMapping:
    """The employee of that number, as a row of `queries.employee_rows`. Raises HTTPException(404)."""
    row = None
    if number <= queries.LARGEST_ID:
        row = await database.first(queries.employee_rows().where(employees.c.id == number))
    if row is None:
        raise HTTPException(404, f"There is no employee {number}.")
    return row
