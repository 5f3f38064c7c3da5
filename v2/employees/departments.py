"""Departments, and what they cost."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import PlainTextResponse, Response
from werkzeug.datastructures import Authorization

from v2.accounts.users import User, authenticate
from v2.clock import utcnow
from v2.employees import queries
from v2.employees.models import Money
from v2.kept import PLAIN
from v2.resources import Db
from v2.wire import HttpDay, Model, header

router = APIRouter(route_class=PLAIN)

CHALLENGE = {"WWW-Authenticate": 'Basic realm="payroll", charset="UTF-8"'}


class Department(Model):
    id: int
    slug: str
    name: str
    city: str
    headcount: int
    payroll: Money


class Departments(Model):
    items: list[Department]


class Payroll(Model):
    total: Money
    currency: str
    departments: dict[str, Money]
    as_of: HttpDay


async def admin(request: Request, database: Db) -> User | None:
    """The administrator whose name and password the request has, as HTTP Basic."""
    # FastAPI's HTTPBasic reads ASCII only, and has an answer of its own for what it cannot read.
    given = Authorization.from_header(header(request, "authorization"))
    if given is None or given.type != "basic":
        return None
    user = await authenticate(database, given.username or "", given.password or "")
    return user if user is not None and user.role == "admin" else None


@router.get("/departments")
async def index(database: Db) -> Departments:
    """List the departments with their head count and payroll."""
    rows = await database.all(queries.departments_with_payroll())
    return Departments(items=[Department.model_validate(dict(row)) for row in rows])


@router.get("/payroll", response_model=Payroll)
async def payroll(user: Annotated[User | None, Depends(admin)], database: Db) -> Payroll | Response:
    """Show the monthly payroll, for the accounting system of 2012."""
    if user is None:
        return PlainTextResponse("Please log in.\n", 401, CHALLENGE)
    rows = await database.all(queries.departments_with_payroll())
    amounts: dict[str, Decimal] = {row["slug"]: row["payroll"] for row in rows}
    total = sum(amounts.values(), Decimal())
    return Payroll(total=total, currency="EUR", departments=amounts, as_of=utcnow().date())
