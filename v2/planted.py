"""Routes with the natural mistakes of a first port. `PLANTED.md` says what each of them changes.

They are what the comparison has to find. Everything outside this module answers as the legacy application does; when
a mistake is mended, its route moves out of here.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel
from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from legacy.tables import employees
from v2.employees import queries
from v2.employees.models import Employee
from v2.resources import Db
from v2.wire import JSON, Model

router = APIRouter()


class Found(Model):
    query: str
    count: int
    items: list[Employee]


@router.get("/employees/search")
async def search(database: Db, q: str, limit: Annotated[int, Query(ge=1, le=50)] = 10) -> Found:
    """Q1, Q2, Q3, Q5, Q6, Q7: parameters as FastAPI reads them."""
    rows = await database.all(queries.search(q, limit))
    return Found(query=q, count=len(rows), items=[Employee.of(row) for row in rows])


class Rated(BaseModel):
    id: int
    name: str
    rating: float


class BestRated(BaseModel):
    count: int
    items: list[Rated]


@router.get("/employees/rated/{minimum}", response_model=BestRated)
async def rated(minimum: float, database: Db) -> dict[str, Any]:
    """M1: the response model forgot `minimum`. R7b: a float is not Flask's float."""
    statement = queries.employee_rows().where(employees.c.rating >= minimum)
    rows = await database.all(statement.order_by(employees.c.rating.desc(), employees.c.id))
    items = [
        {"id": row["id"], "name": f"{row['first_name']} {row['last_name']}", "rating": row["rating"]} for row in rows
    ]
    return {"minimum": minimum, "count": len(items), "items": items}


class Report(Employee):
    hired_on: date
    left_on: date | None
    last_review_at: datetime | None
    created_at: datetime
    updated_at: datetime


class Manager(Model):
    id: int
    name: str


class Reports(Model):
    manager: Manager
    count: int
    items: list[Report]


@router.get("/employee/{number}/reports")
async def reports(number: int, database: Db) -> Reports:
    """D1, D4: dates in ISO 8601. E1: FastAPI's error body. R7: a number that is none is 422."""
    manager = None
    if number <= queries.LARGEST_ID:
        manager = await database.first(queries.employee_rows().where(employees.c.id == number))
    if manager is None:
        raise HTTPException(404, f"There is no employee {number}.")
    statement = queries.employee_rows().where(employees.c.manager_id == number)
    rows = await database.all(statement.order_by(employees.c.last_name, employees.c.id))
    return Reports(
        manager=Manager(id=number, name=f"{manager['first_name']} {manager['last_name']}"),
        count=len(rows),
        items=[Report.of(row) for row in rows],
    )


class Department(BaseModel):
    id: int
    slug: str
    name: str
    city: str
    headcount: int
    payroll: float


class Departments(BaseModel):
    items: list[Department]


@router.get("/departments")
async def departments(database: Db) -> Departments:
    """N1: money as a float."""
    rows = await database.all(queries.departments_with_payroll())
    return Departments(items=[Department.model_validate(dict(row)) for row in rows])


@router.get("/staff")
@router.get("/staff/{rest:path}")
async def moved() -> RedirectResponse:
    """L1: a redirect is 307 unless told otherwise, and has no body. R7d: `/staff/` matches too."""
    return RedirectResponse("/directory/")


@router.get("/export/directory.json")
async def directory(database: Db) -> Response:
    """X3: no ETag, so no 304."""
    statement = (
        select(employees.c.first_name, employees.c.last_name, employees.c.phone)
        .where(employees.c.left_on.is_(None), employees.c.phone.is_not(None))
        .order_by(employees.c.id)
    )
    entries = [
        {"name": f"{row['first_name']} {row['last_name']}", "phone": row["phone"]}
        for row in await database.all(statement)
    ]
    return JSON({"entries": entries}, headers={"Cache-Control": "public, max-age=60"})
