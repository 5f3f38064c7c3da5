"""Statements about employees. The same as the legacy application's, so that the same rows come in the same order."""

from __future__ import annotations

from typing import Any

from fastapi import HTTPException
from sqlalchemy import Select, func, or_, select

from legacy.tables import departments, employees

LARGEST_ID = 2**31 - 1  # what an INTEGER column holds

SORTABLE = ("hired_on", "id", "last_name", "rating", "salary")


def employee_rows() -> Select[Any]:
    """Employees, each with the slug of its department as `department`."""
    columns = [column for column in employees.c if column.name != "department_id"]
    return select(*columns, departments.c.slug.label("department")).join_from(employees, departments)


def listing(department: str | None, remote: bool | None, sort: str) -> Select[Any]:
    """Filtered and sorted; the id decides between equals, so that pages never overlap. Raises HTTPException(400)."""
    name = sort.lstrip("-")
    if name not in SORTABLE:
        raise HTTPException(400, f"Cannot sort by {sort!r}; choose from {', '.join(SORTABLE)}.")
    statement = employee_rows()
    if department:
        statement = statement.where(departments.c.slug == department)
    if remote is not None:
        statement = statement.where(employees.c.remote == remote)
    column = employees.c[name]
    order = column.desc() if sort.startswith("-") else column.asc()
    return statement.order_by(order.nulls_last(), employees.c.id)


def search(words: str, limit: int) -> Select[Any]:
    """Every word is somewhere in the name, the e-mail address or the title."""
    statement = employee_rows()
    columns = (employees.c.first_name, employees.c.last_name, employees.c.email, employees.c.title)
    for word in words.split():
        statement = statement.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    return statement.order_by(employees.c.last_name, employees.c.id).limit(limit)


def departments_with_payroll() -> Select[Any]:
    """Departments with `headcount` and `payroll`, people who left not counted."""
    payroll = func.coalesce(func.sum(employees.c.salary), 0, type_=employees.c.salary.type)
    present = (employees.c.department_id == departments.c.id) & employees.c.left_on.is_(None)
    return (
        select(departments, func.count(employees.c.id).label("headcount"), payroll.label("payroll"))
        .outerjoin_from(departments, employees, present)
        .group_by(departments.c.id)
        .order_by(departments.c.slug)
    )


def rated(minimum: float) -> Select[Any]:
    """Who is rated at least this high, the best first."""
    statement = employee_rows().where(employees.c.rating >= minimum)
    return statement.order_by(employees.c.rating.desc(), employees.c.id)


def reports_to(number: int) -> Select[Any]:
    """Whose manager has that number."""
    statement = employee_rows().where(employees.c.manager_id == number)
    return statement.order_by(employees.c.last_name, employees.c.id)
