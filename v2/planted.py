"""Routes with the natural mistakes of a first port. `PLANTED.md` says what each of them changes.

They are what the comparison has to find. The demo's map asks for this module's application; `v2.main` has each of
these routes once more, as it should be, so mending a mistake is removing its route from here.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, HTTPException, Query
from fastapi.exception_handlers import http_exception_handler
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.responses import RedirectResponse, Response

from gateway.compat.wire.route import flask_route
from legacy.tables import employees
from v2.employees import queries
from v2.employees.models import Employee, Found, Manager
from v2.exports import phone_book
from v2.main import create_app as create_faithful_app
from v2.resources import Db
from v2.settings import Settings
from v2.wire import JSON, Model

router = APIRouter(route_class=flask_route("routing.options"), include_in_schema=False)


def routes() -> list[APIRoute]:
    """The routes with mistakes."""
    return [route for route in router.routes if isinstance(route, APIRoute)]


def create_app(settings: Settings | None = None) -> FastAPI:
    """The rewrite, with the mistakes."""
    app = create_faithful_app(settings, before=router)
    app.add_exception_handler(HTTPException, http_exception_handler)  # type: ignore[arg-type]  # FastAPI's own
    return app


@router.get("/employees/search")
async def search(
    database: Db,
    q: str,
    limit: Annotated[int, Query(ge=1, le=50)] = 10,  # gateway: ignore[query.number] planted
) -> Found:
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
    rows = await database.all(queries.rated(minimum))
    items = [
        {"id": row["id"], "name": f"{row['first_name']} {row['last_name']}", "rating": row["rating"]} for row in rows
    ]
    # gateway: ignore[model.drops-members] planted
    return {"minimum": minimum, "count": len(items), "items": items}


class Report(Employee):
    hired_on: date
    left_on: date | None
    last_review_at: datetime | None
    created_at: datetime
    updated_at: datetime


class Reports(Model):
    manager: Manager
    count: int
    items: list[Report]


@router.get("/employee/{number}/reports")
async def reports(number: int, database: Db) -> Reports:  # gateway: ignore[model.iso-datetime] planted
    """D1, D4: dates in ISO 8601. E1: FastAPI's error body. R7: a number that is none is 422."""
    manager = None
    if number <= queries.LARGEST_ID:
        manager = await database.first(queries.employee_rows().where(employees.c.id == number))
    if manager is None:
        raise HTTPException(404, f"There is no employee {number}.")
    rows = await database.all(queries.reports_to(number))
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
    payroll: float  # gateway: ignore[model.float-money] planted


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
    return RedirectResponse("/directory/")  # gateway: ignore[redirect.status] planted


@router.get("/export/directory.json")
async def directory(database: Db) -> Response:
    """X3: no ETag, so no 304."""
    entries = [
        {"name": f"{row['first_name']} {row['last_name']}", "phone": row["phone"]}
        for row in await database.all(phone_book())
    ]
    return JSON({"entries": entries}, headers={"Cache-Control": "public, max-age=60"})
