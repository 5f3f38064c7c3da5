"""Records that the time clocks and badge readers send. Their format is a JSON Schema, and its words are the errors'."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from jsonschema import Draft202012Validator, TypeChecker, validators
from sqlalchemy import insert, select, update

from legacy.tables import records
from v2.access import NeedsApiKey
from v2.body import read_json
from v2.clock import utcnow
from v2.employees.queries import LARGEST_ID
from v2.errors import Invalid
from v2.kept import PROGRAMS
from v2.resources import Db
from v2.wire import HttpDate, Model

router = APIRouter(prefix="/data", tags=["data"], route_class=PROGRAMS, dependencies=[NeedsApiKey])

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "id": {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
        "text": {"type": "string", "minLength": 1, "maxLength": 500},
    },
    "required": ["id", "text"],
    "additionalProperties": False,
}


def _is_integer(_checker: TypeChecker, value: object) -> bool:
    """JSON Schema calls 7.0 an integer. The devices do not."""
    return isinstance(value, int) and not isinstance(value, bool)


_types = Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer)
_validator = validators.extend(Draft202012Validator, type_checker=_types)(SCHEMA)  # type: ignore[no-untyped-call]


class Stored(Model):
    id: int
    text: str
    length: int


class Record(Model):
    id: int
    text: str
    received_at: HttpDate


@router.post("")
async def store(request: Request, database: Db, response: Response) -> Stored:
    """Store a record, or replace it."""
    payload = await read_json(request)
    _check(payload)
    number, text = payload["id"], payload["text"]
    known = await database.execute(
        update(records).where(records.c.id == number).values(text=text, received_at=utcnow())
    )
    if not known:
        await database.execute(insert(records).values(id=number, text=text, received_at=utcnow()))
        response.status_code = 201
    return Stored(id=number, text=text, length=len(text))


@router.get("/{number}")
async def show(number: int, database: Db) -> Record:
    """Show a record."""
    row = None
    if number <= LARGEST_ID:
        row = await database.first(select(records).where(records.c.id == number))
    if row is None:
        raise HTTPException(404, f"There is no record {number}.")
    return Record.model_validate(dict(row))


def _check(payload: Any) -> None:
    fields: defaultdict[str, list[str]] = defaultdict(list)
    for error in sorted(_validator.iter_errors(payload), key=lambda error: error.message):
        fields[str(error.absolute_path[0]) if error.absolute_path else "_schema"].append(error.message)
    if fields:
        raise Invalid(fields)
