"""A Marshmallow schema as the shape of what it loads or dumps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from gateway.anatomy.fields import ancestors, class_names, kind_of
from gateway.anatomy.observed import class_name
from gateway.anatomy.shape import ABSENT, Kind, Member, Shape, Type

DEEPEST = 6
_KINDS: Mapping[str, Kind] = {
    "UUID": Kind.UUID, "Email": Kind.EMAIL, "String": Kind.TEXT, "Integer": Kind.INTEGER, "Float": Kind.NUMBER,
    "Decimal": Kind.DECIMAL, "Boolean": Kind.BOOLEAN, "DateTime": Kind.DATETIME, "Date": Kind.DATE, "Time": Kind.TIME,
    "TimeDelta": Kind.NUMBER, "IP": Kind.TEXT, "IPInterface": Kind.TEXT, "Dict": Kind.MAPPING,
    "Mapping": Kind.MAPPING, "Number": Kind.NUMBER,
}  # fmt: skip
_EXTRA = {"raise": "forbid", "exclude": "ignore", "include": "allow"}
_ISO = frozenset({None, "iso", "iso8601"})


def is_schema(thing: object) -> bool:
    """Whether it is a schema, or a class of them."""
    return "marshmallow.Schema" in ancestors(thing)


def schema_shape(schema: Any, *, for_request: bool, unknown: str | None = None, above: tuple[type, ...] = ()) -> Shape:
    """A schema, or its class, as what it loads (`for_request`) or dumps.

    Nothing is validated when it dumps: what is not required may be null there, and validators do not hold. A function
    of its own that is run after dumping may take members away, so any may be missing.
    `unknown` overrides what the schema does with members that it does not name; `above` are the schemas that it is
    nested in: one that is nested in itself is any object there.
    """
    made = schema() if isinstance(schema, type) else schema
    inside = (*above, type(made))
    fields: Mapping[str, Any] = made.load_fields if for_request else made.dump_fields
    partial = getattr(made, "partial", None)
    is_cut = any("post_dump" in key for key, hooks in made._hooks.items() if hooks)  # noqa: SLF001  they have no other name
    members = []
    for attribute, field in fields.items():
        name = getattr(field, "data_key", None) or attribute
        kind = _type(field, for_request=for_request, above=inside)
        if not for_request:
            members.append(Member(name, kind, required=not is_cut))
            continue
        required = bool(field.required) and not _is_partial(partial, attribute)
        members.append(Member(name, kind, required, ABSENT if partial else _default(field)))
    shown = type(made).__name__.removesuffix("Schema") or "Body"
    extra = _EXTRA.get(str(unknown or getattr(made, "unknown", "raise")), "forbid") if for_request else "forbid"
    return Shape(class_name(f"{shown}Changes" if partial else shown), tuple(members), extra)


def _is_partial(partial: Any, attribute: str) -> bool:
    """`partial=True`, or the names of the fields that may be missing."""
    return attribute in partial if isinstance(partial, list | tuple | set | frozenset) else bool(partial)


def _default(field: Any) -> Any:
    """What a missing member counts as; ABSENT for what cannot be written down."""
    default = getattr(field, "load_default", ABSENT)
    if default is list or default is dict:
        return default()
    return default if isinstance(default, str | int | float | bool | list | dict | None) else ABSENT


def _type(field: Any, *, for_request: bool, above: tuple[type, ...]) -> Type:  # noqa: PLR0911  one for each kind of field
    nullable = bool(getattr(field, "allow_none", False))
    if not for_request:
        nullable = nullable or not (field.required or field.dump_only)
    names = class_names(field)
    if "Pluck" in names:
        plucked = field.schema.fields.get(field.field_name)
        one = Type(Kind.ANY) if plucked is None else _type(plucked, for_request=for_request, above=above)
        return Type(Kind.LIST, nullable, items=one) if field.many else replace(one, nullable=nullable)
    if "Nested" in names:
        return _nested(field, nullable=nullable, for_request=for_request, above=above)
    if "List" in names:
        items = _type(field.inner, for_request=for_request, above=above)
        return Type(Kind.LIST, nullable, items=items, limits=_limits(field) if for_request else ())
    if "Constant" in names:
        return Type(Kind.CHOICE, nullable, choices=(field.constant,))
    choices = _members(field) if "Enum" in names else _chosen(field) if for_request else ()
    if choices:
        return Type(Kind.CHOICE, nullable, choices=choices)
    kind = kind_of(field, _KINDS)
    if kind is Kind.MAPPING and getattr(field, "value_field", None) is not None:
        return Type(kind, nullable, items=_type(field.value_field, for_request=for_request, above=above))
    if kind in {Kind.DATETIME, Kind.DATE, Kind.TIME} and getattr(field, "format", None) not in _ISO:
        kind = Kind.NUMBER if str(field.format).startswith("timestamp") else Kind.TEXT
    return Type(kind, nullable, limits=_limits(field) if for_request else ())


def _nested(field: Any, *, nullable: bool, for_request: bool, above: tuple[type, ...]) -> Type:
    inner = field.schema
    many = bool(getattr(field, "many", False)) or bool(getattr(inner, "many", False))
    if type(inner) in above or len(above) > DEEPEST:
        one = Type(Kind.MAPPING)
    else:
        shape = schema_shape(inner, for_request=for_request, unknown=getattr(field, "unknown", None), above=above)
        one = Type(Kind.OBJECT, shape=shape)
    return Type(Kind.LIST, nullable, items=one) if many else Type(one.kind, nullable, shape=one.shape)


def _members(field: Any) -> tuple[Any, ...]:
    """The names or values of an enumeration, as they are on the wire."""
    return _literals(one.value if getattr(field, "by_value", False) else one.name for one in field.enum)


def _chosen(field: Any) -> tuple[Any, ...]:
    """The values of `OneOf`."""
    one_of = next((one for one in getattr(field, "validators", ()) if type(one).__name__ == "OneOf"), None)
    return () if one_of is None else _literals(one_of.choices)


def _literals(values: Iterable[Any]) -> tuple[Any, ...]:
    """The values, if all of them can be written as `Literal`."""
    made = tuple(values)
    return made if all(type(one) in {str, int} for one in made) else ()


def _limits(field: Any) -> tuple[tuple[str, Any], ...]:
    """The validators that Pydantic has, too."""
    found: dict[str, Any] = {}
    for validator in getattr(field, "validators", ()):
        low, high = getattr(validator, "min", None), getattr(validator, "max", None)
        match type(validator).__name__:
            case "Length":
                exact = getattr(validator, "equal", None)
                found |= {"min_length": low if exact is None else exact, "max_length": high if exact is None else exact}
            case "Range":
                found["ge" if getattr(validator, "min_inclusive", True) else "gt"] = low
                found["le" if getattr(validator, "max_inclusive", True) else "lt"] = high
            case "Regexp" if isinstance(getattr(validator, "regex", None), re.Pattern):
                found["pattern"] = validator.regex.pattern
            case _:
                pass
    return tuple((name, value) for name, value in found.items() if isinstance(value, int | float | str))
