"""Records that the time clocks and badge readers send."""

from flask import Blueprint, abort, request
from jsonschema import Draft202012Validator, validators

from legacy.access import api_key_required
from legacy.clock import utcnow
from legacy.errors import ValidationFailed
from legacy.extensions import db
from legacy.models import Record

bp = Blueprint("data", __name__)

LARGEST_ID = 2**31 - 1  # what an INTEGER column holds

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


def _is_integer(checker, value):
    """JSON Schema calls 7.0 an integer. The devices do not."""
    return isinstance(value, int) and not isinstance(value, bool)


StrictValidator = validators.extend(
    Draft202012Validator, type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer)
)
validator = StrictValidator(SCHEMA)


@bp.post("/data")
@api_key_required
def store():
    """Store a record, or replace it."""
    payload = request.get_json()
    _check(payload)
    record = db.session.get(Record, payload["id"])
    created = record is None
    if created:
        record = Record(id=payload["id"])
        db.session.add(record)
    record.text = payload["text"]
    record.received_at = utcnow()
    db.session.commit()
    return {"id": record.id, "text": record.text, "length": len(record.text)}, 201 if created else 200


@bp.get("/data/<int:id>")
@api_key_required
def show(id):
    """Show a record."""
    record = db.session.get(Record, id) if id <= LARGEST_ID else None
    if record is None:
        abort(404, f"There is no record {id}.")
    return {"id": record.id, "text": record.text, "received_at": record.received_at}


def _check(payload):
    fields = {}
    for error in sorted(validator.iter_errors(payload), key=lambda error: error.message):
        name = str(error.absolute_path[0]) if error.absolute_path else "_schema"
        fields.setdefault(name, []).append(error.message)
    if fields:
        raise ValidationFailed(fields)
