"""What a JSON object looks like: its members, their types, what may be null and what may be missing. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a value is. The dates are told apart by how they are written."""

    ANY = "any"
    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    HTTP_DATE = "http_date"
    DATETIME = "datetime"
    DATE = "date"
    TIME = "time"
    UUID = "uuid"
    EMAIL = "email"
    CHOICE = "choice"
    LIST = "list"
    OBJECT = "object"
    MAPPING = "mapping"


class Absent(StrEnum):
    """The default of a member that has none."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


@dataclass(frozen=True, slots=True)
class Type:
    """The type of a value. `items` is of a list or mapping, `shape` of an object, `choices` of a choice.

    `limits` are Pydantic's: `ge`, `le`, `gt`, `lt`, `min_length`, `max_length`, `pattern`.
    """

    kind: Kind = Kind.ANY
    nullable: bool = False
    items: Type | None = None
    shape: Shape | None = None
    choices: tuple[Any, ...] = ()
    limits: tuple[tuple[str, Any], ...] = ()

    def or_null(self) -> Type:
        """The same, and null."""
        return replace(self, nullable=True)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object. One that is not `required` may be missing; `default` is what it counts as then."""

    name: str
    type: Type
    required: bool = True
    default: Any = ABSENT


@dataclass(frozen=True, slots=True)
class Shape:
    """An object. `extra` is what becomes of other members: `forbid`, `ignore` or `allow`, as Pydantic calls it."""

    name: str
    members: tuple[Member, ...]
    extra: str = "forbid"

    def member(self, name: str) -> Member | None:
        """The member of that name."""
        return next((one for one in self.members if one.name == name), None)
