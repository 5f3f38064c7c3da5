"""People as the templates know them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import RowMapping, Select

from legacy.tables import departments
from v2.employees import queries
from v2.paging import Page


@dataclass(frozen=True, slots=True)
class Department:
    """Where somebody works."""

    name: str
    city: str


@dataclass(frozen=True, slots=True)
class Person:
    """An employee."""

    slug: str
    name: str
    email: str
    title: str
    phone: str | None
    salary: Decimal
    remote: bool
    skills: list[str]
    hired_on: date
    left_on: date | None
    department: Department
    manager: Person | None


@dataclass(frozen=True, slots=True)
class PageOfPeople:
    """A page of them, and its neighbours, as the templates ask for them."""

    page_of: Page

    def __iter__(self) -> Iterator[Person]:
        return (person_of(row) for row in self.page_of.rows)

    @property
    def page(self) -> int:
        """Its number."""
        return self.page_of.number

    @property
    def pages(self) -> int:
        """How many there are."""
        return self.page_of.pages

    @property
    def total(self) -> int:
        """How many people there are."""
        return self.page_of.total

    @property
    def prev_num(self) -> int | None:
        """The page before."""
        return self.page_of.preceding

    @property
    def next_num(self) -> int | None:
        """The next page."""
        return self.page_of.following

    @property
    def has_prev(self) -> bool:
        """Whether there is one before."""
        return self.prev_num is not None

    @property
    def has_next(self) -> bool:
        """Whether there is a next one."""
        return self.next_num is not None


_OF_DEPARTMENT = (departments.c.name.label("department_name"), departments.c.city.label("department_city"))
_AS_THEY_ARE = ("slug", "email", "title", "phone", "salary", "remote", "skills", "hired_on", "left_on")


def people_rows() -> Select[Any]:
    """Employees, each with what a page says of the department."""
    return queries.employee_rows().add_columns(*_OF_DEPARTMENT)


def listed_people(department: str | None) -> Select[Any]:
    """Everybody, or those of a department, by their last names."""
    return queries.listing(department, None, "last_name").add_columns(*_OF_DEPARTMENT)


def person_of(row: RowMapping, manager: Person | None = None) -> Person:
    """From a row of `people_rows`."""
    return Person(
        name=f"{row['first_name']} {row['last_name']}",
        department=Department(row["department_name"], row["department_city"]),
        manager=manager,
        **{name: row[name] for name in _AS_THEY_ARE},
    )
