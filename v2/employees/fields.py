"""Fields of a Pydantic model that say what is wrong in words of their own choosing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import PlainValidator, ValidationError, ValidationInfo
from pydantic_core import PydanticCustomError

Check = Callable[[Any, Any], str | None]
"""What is wrong with a value; None if nothing is. The second argument is the validation's context."""

NULL = "Field may not be null."
OF_PYDANTIC = {"missing": "Missing data for required field.", "extra_forbidden": "Unknown field."}


class Refused(ValueError):
    """A value that cannot be read. `said` is a text, or what is said of each member."""

    def __init__(self, said: object) -> None:
        super().__init__(said)
        self.said = said


def refusal(said: object) -> PydanticCustomError:
    """What a validator raises: a list of texts, or such a list for each of the members."""
    return PydanticCustomError("said", "{said}", {"said": said})


def said_of(error: ValidationError) -> dict[str, object]:
    """What is said of each field; `_schema` for what is said of the whole."""
    fields: dict[str, object] = {}
    for one in error.errors():
        said = one["ctx"]["said"] if one["type"] == "said" else [OF_PYDANTIC.get(one["type"], "Invalid input type.")]
        if one["loc"]:
            fields[str(one["loc"][0])] = said
        else:
            fields |= said if isinstance(said, dict) else {"_schema": said}
    return fields


def field(read: Callable[[Any], Any], *checks: Check, null: bool = False) -> PlainValidator:
    """A field's type: `read` makes the value, `checks` look at it, and all that they say is said."""

    def validate(value: Any, info: ValidationInfo) -> Any:
        if value is None and null:
            return None
        try:
            made = _read(read, value)
        except Refused as refused:
            raise refusal(refused.said if isinstance(refused.said, dict) else [refused.said]) from refused
        said = [words for check in checks if (words := check(made, info.context))]
        if said:
            raise refusal(said)
        return made

    return PlainValidator(validate)


def each(read: Callable[[Any], Any], *checks: Check) -> Callable[[Any], list[Any]]:
    """Reads a list whose items are read by `read`."""

    def read_list(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise Refused("Not a valid list.")
        made, wrong = [], {}
        for place, item in enumerate(value):
            try:
                made.append(_read(read, item))
                said: list[object] = [words for check in checks if (words := check(made[-1], None))]
            except Refused as refused:
                said = [refused.said]
            if said:
                wrong[str(place)] = said
        if wrong:
            raise Refused(wrong)
        return made

    return read_list


def _read(read: Callable[[Any], Any], value: Any) -> Any:
    if value is None:
        raise Refused(NULL)
    return read(value)
