"""An employee, and a page of them, as clients see them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Self

from pydantic import PlainSerializer
from sqlalchemy import RowMapping

from v2.wire import HttpDate, HttpDay, Model

Money = Annotated[Decimal, PlainSerializer(str, return_type=str)]


class Employee(Model):
    id: int
    slug: str
    first_name: str
    last_name: str
    name: str
    email: str
    title: str
    department: str
    manager_id: int | None
    phone: str | None
    salary: Money
    rating: float | None
    remote: bool
    skills: list[str]
    hired_on: HttpDay
    left_on: HttpDay | None
    last_review_at: HttpDate | None
    created_at: HttpDate
    updated_at: HttpDate
    url: str

    @classmethod
    def of(cls, row: RowMapping) -> Self:
        """From a row of `queries.employee_rows`."""
        return cls.model_validate(
            {**row, "name": f"{row['first_name']} {row['last_name']}", "url": f"/employee/{row['id']}"},
        )


class EmployeePage(Model):
    items: list[Employee]
    page: int
    per_page: int
    pages: int
    total: int
    next: str | None
    prev: str | None


class Found(Model):
    query: str
    count: int
    items: list[Employee]


class Rated(Model):
    id: int
    name: str
    rating: float

    @classmethod
    def of(cls, row: RowMapping) -> Self:
        """From a row of `queries.rated`."""
        return cls(id=row["id"], name=f"{row['first_name']} {row['last_name']}", rating=row["rating"])


class RatedList(Model):
    minimum: float
    count: int
    items: list[Rated]


class Manager(Model):
    id: int
    name: str


class Reports(Model):
    manager: Manager
    count: int
    items: list[Employee]
