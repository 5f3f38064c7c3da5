"""Fields of schema libraries, known by the names of their classes: none is imported, and any release will do."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.anatomy.shape import Kind


def ancestors(thing: object) -> set[str]:
    """The classes that a value, or a class, is of, with their package: `marshmallow.Schema`, `flask_restx.Model`."""
    owner = thing if isinstance(thing, type) else type(thing)
    return {f"{base.__module__.partition('.')[0]}.{base.__name__}" for base in owner.__mro__}


def class_names(field: object) -> list[str]:
    """The names of a field's classes, the nearest first."""
    return [base.__name__ for base in type(field).__mro__]


def kind_of(field: object, kinds: Mapping[str, Kind]) -> Kind:
    """The kind of the nearest class that is known; anything for none."""
    return next((kinds[name] for name in class_names(field) if name in kinds), Kind.ANY)
