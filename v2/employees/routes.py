"""Listing and showing employees."""

from __future__ import annotations

from math import ceil

from fastapi import APIRouter, Response
from sqlalchemy import func, select

from legacy.tables import employees
from v2.employees import queries
from v2.employees.models import Employee, EmployeePage
from v2.errors import Refusal
from v2.resources import Database, Db
from v2.wire import Args, url_with

router = APIRouter(tags=["employees"])

LARGEST_PAGE = 100


@router.get("/employees")
async def index(args: Args, database: Db, response: Response) -> EmployeePage:
    """List employees, a page at a time."""
    remote = args.text("remote")
    # bool("0") is True: two mobile apps send "0" and "1" and filter on their side, so it stays.
    chosen = queries.listing(
        args.text("department"),
        None if remote is None else bool(remote),
        args.as_dict().get("sort", "last_name"),
    )
    page = args.integer("page", 1)
    per_page = min(args.integer("per_page", 20), LARGEST_PAGE)
    if page < 1 or per_page < 1:
        raise Refusal(404)
    rows = await database.all(chosen.limit(per_page).offset((page - 1) * per_page))
    if not rows and page > 1:
        raise Refusal(404)
    total = await database.scalar(select(func.count()).select_from(chosen.order_by(None).subquery()))
    pages = ceil(total / per_page)

    def url_of(number: int) -> str:
        return url_with("/employees", {**args.as_dict(), "page": number})

    following = url_of(page + 1) if page < pages else None
    preceding = url_of(page - 1) if page > 1 else None
    links = [f'<{url}>; rel="{rel}"' for rel, url in (("next", following), ("prev", preceding)) if url]
    if links:
        response.headers["Link"] = ", ".join(links)
    return EmployeePage(
        items=[Employee.of(row) for row in rows],
        page=page,
        per_page=per_page,
        pages=pages,
        total=total,
        next=following,
        prev=preceding,
    )


@router.get("/employee/{number:int}")
async def by_id(number: int, database: Db) -> Employee:
    """Show an employee by number."""
    return await _by_id(number, database)


@router.get("/employee/{slug}")
async def by_slug(slug: str, database: Db) -> Employee:
    """Show an employee by name."""
    if slug.isdecimal():  # Flask's <int:id> takes the digits of every script, Starlette's {number:int} only ASCII's
        return await _by_id(int(slug), database)
    row = await database.first(queries.employee_rows().where(employees.c.slug == slug))
    if row is None:
        raise Refusal(404, f"There is no employee {slug!r}.")
    return Employee.of(row)


async def _by_id(number: int, database: Database) -> Employee:
    row = None
    if number <= queries.LARGEST_ID:
        row = await database.first(queries.employee_rows().where(employees.c.id == number))
    if row is None:
        raise Refusal(404, f"There is no employee {number}.")
    return Employee.of(row)
