"""JSON values as types and shapes: what all of them have in common, null and missing told apart. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

from gateway.anatomy.shape import Kind, Member, Shape, Type


class Withheld(StrEnum):
    """A value that was there and was not kept: of which type, nobody knows."""

    WITHHELD = "withheld"


WITHHELD = Withheld.WITHHELD
MAPPING_MEMBERS = 40
"""An object with more members than a person would name is a mapping from data to data."""

_HTTP_DATE = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT")
_DATETIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_DECIMAL = re.compile(r"-?\d+\.\d+")
_TEXTS = ((Kind.HTTP_DATE, _HTTP_DATE), (Kind.DATETIME, _DATETIME), (Kind.DATE, _DATE), (Kind.UUID, _UUID),
          (Kind.DECIMAL, _DECIMAL))  # fmt: skip
_SCALARS: dict[type, Kind] = {bool: Kind.BOOLEAN, int: Kind.INTEGER, float: Kind.NUMBER}


def type_of(values: Iterable[Any], name: str) -> Type:
    """The narrowest type that all of the values have. `name` is for the shapes of objects."""
    everything = list(values)
    nullable = any(value is None for value in everything)
    known = [value for value in everything if value is not None and value is not WITHHELD]
    if not known:
        return Type(Kind.ANY, nullable=nullable)
    return replace(_common(known, name), nullable=nullable)


def shape_of(objects: Sequence[dict[str, Any]], name: str) -> Shape:
    """The shape of objects: a member that one of them lacks may be missing."""
    names = list(dict.fromkeys(key for one in objects for key in one))
    members = []
    for key in names:
        present = [one[key] for one in objects if key in one]
        members.append(Member(key, type_of(present, name + class_name(key)), len(present) == len(objects)))
    return Shape(name, tuple(members))


def class_name(text: str) -> str:
    """`line_items` as `LineItems`."""
    words = re.findall(r"[A-Za-z0-9]+", text)
    made = "".join(word[:1].upper() + word[1:] for word in words)
    return made if made[:1].isalpha() else f"Member{made}"


def _common(values: list[Any], name: str) -> Type:
    if all(isinstance(value, dict) for value in values):
        return _object(values, name)
    if all(isinstance(value, list) for value in values):
        items = [item for value in values for item in value]
        return Type(Kind.LIST, items=type_of(items, _singular(name)))
    if all(isinstance(value, str) for value in values):
        return Type(next((kind for kind, form in _TEXTS if all(form.fullmatch(value) for value in values)), Kind.TEXT))
    kinds = {_SCALARS.get(type(value), Kind.ANY) for value in values}
    if kinds == {Kind.INTEGER, Kind.NUMBER}:
        return Type(Kind.NUMBER)
    return Type(kinds.pop() if len(kinds) == 1 else Kind.ANY)


def _object(values: list[dict[str, Any]], name: str) -> Type:
    names = {key for value in values for key in value}
    named = [key for key in names if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", key)]
    if len(names) > MAPPING_MEMBERS or len(named) < len(names):
        return Type(Kind.MAPPING, items=type_of([item for value in values for item in value.values()], name))
    return Type(Kind.OBJECT, shape=shape_of(values, name))


def _singular(name: str) -> str:
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name
