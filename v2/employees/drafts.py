"""What a request may say about an employee. Its rules and its words are the legacy application's: clients show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from v2.employees import words
from v2.employees.fields import each, field, refusal, said_of
from v2.employees.words import between, length
from v2.errors import Invalid

_REQUIRED = length(1, 60)


@dataclass(frozen=True, slots=True)
class Known:
    """What a draft may refer to: slugs of departments, numbers of employees."""

    departments: frozenset[str]
    employees: frozenset[int]


def _department_exists(slug: str, known: Known) -> str | None:
    return None if slug in known.departments else f"There is no department {slug!r}."


def _employee_exists(number: int, known: Known) -> str | None:
    return None if number in known.employees else f"There is no employee {number}."


Name = Annotated[str, field(words.text, _REQUIRED)]
Email = Annotated[str, field(words.address, words.is_email, length(0, 160))]
Title = Annotated[str, field(words.text, length(1, 120))]
DepartmentSlug = Annotated[str, field(words.text, _department_exists)]
ManagerNumber = Annotated[int | None, field(words.integer, _employee_exists, null=True)]
Phone = Annotated[str | None, field(words.text, length(0, 40), null=True)]
Salary = Annotated[Decimal, field(words.money, between(0, 10_000_000))]
Rating = Annotated[float | None, field(words.number, between(0, 5), null=True)]
Remote = Annotated[bool, field(words.yes_or_no)]
Skills = Annotated[list[str], field(each(words.text, _REQUIRED), length(0, 20))]
Day = Annotated[date, field(words.day)]
DayOrNone = Annotated[date | None, field(words.day, null=True)]
MomentOrNone = Annotated[datetime | None, field(words.moment, null=True)]

UNSAID: Any = None


class Changes(BaseModel):
    """Some fields. What is not said stays as it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first_name: Name = UNSAID
    last_name: Name = UNSAID
    email: Email = UNSAID
    title: Title = UNSAID
    department: DepartmentSlug = UNSAID
    manager_id: ManagerNumber = None
    phone: Phone = None
    salary: Salary = UNSAID
    rating: Rating = None
    remote: Remote = False
    skills: Skills = UNSAID
    hired_on: Annotated[date | None, field(words.day)] = None
    left_on: DayOrNone = None
    last_review_at: MomentOrNone = None

    def changed(self) -> dict[str, Any]:
        """What was said."""
        return self.model_dump(exclude_unset=True)

    @model_validator(mode="after")
    def _leaves_after_being_hired(self) -> Self:
        if self.hired_on is not None and self.left_on is not None and self.left_on < self.hired_on:
            raise refusal({"left_on": ["Nobody leaves before being hired."]})
        return self


class Draft(Changes):
    """All fields: of somebody new, or in place of what was known."""

    first_name: Name
    last_name: Name
    email: Email
    title: Title
    department: DepartmentSlug
    salary: Salary
    skills: Skills = []
    hired_on: Day

    def changed(self) -> dict[str, Any]:
        """Everything."""
        return self.model_dump()


Kind = TypeVar("Kind", bound=Changes)


def load(kind: type[Kind], payload: object, known: Known) -> Kind:
    """The draft in a payload. Raises Invalid."""
    try:
        return kind.model_validate(payload, context=known)
    except ValidationError as error:
        raise Invalid(said_of(error)) from error
