"""A JSON body as a view takes it that has no schema: a value of another type than declared is no reason to refuse.

The model is then built without pydantic's checks: its validators do not run, and a field declared as text may hold a
number, exactly as legacy's variable does. The first switch to retire.
"""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from gateway.compat.wire.declared import bare

_OF_TYPE = re.compile(r"_type$|_parsing$|^int_from_float$|^int_|^float_|^bool_|^decimal_")


def taken(model: type[BaseModel], value: Any) -> Any:
    """An instance of `model`; `value` itself where nothing need be done, or where it is refused for another reason."""
    try:
        model.model_validate(value)
    except ValidationError as error:
        if not isinstance(value, dict) or not all(_OF_TYPE.search(one["type"]) for one in error.errors()):
            return value
        try:
            return _built(model, value)
        except (ValueError, TypeError, OverflowError):
            return value
    return value


def _built(model: type[BaseModel], value: dict[str, Any]) -> BaseModel:
    members = {}
    for name, info in model.model_fields.items():
        sent = _name(info, name, value)
        if sent is not None:
            members[name] = _member(info, value[sent])
    return model.model_construct(set(members), **members)


def _name(info: FieldInfo, name: str, value: dict[str, Any]) -> str | None:
    names = [one for one in (info.validation_alias, info.alias, name) if isinstance(one, str)]
    return next((one for one in names if one in value), None)


def _member(info: FieldInfo, value: Any) -> Any:
    try:
        return TypeAdapter(info.rebuild_annotation()).validate_python(value)
    except ValidationError:
        kind = bare(info.annotation)
        if isinstance(kind, type) and issubclass(kind, BaseModel) and isinstance(value, dict):
            return _built(kind, value)
        if kind in {int, float} and value is not None:
            return kind(value)
        return value
