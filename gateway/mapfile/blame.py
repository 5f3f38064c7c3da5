"""From what the schema refuses to problems that a person can act on: where, what, and what to write."""

from __future__ import annotations

import types
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from gateway.errors import Problem
from gateway.mapfile.scalars import disagreement, plain_value
from gateway.mapfile.schema import Document
from gateway.mapfile.source import Source
from gateway.mapfile.units import BadValue, shown
from gateway.mapfile.yaml import Mapping, Node, Scalar, Sequence

Location = tuple[int | str, ...]


def to_python(root: Node, source: Source, problems: list[Problem]) -> Any:
    """The value of a tree (bounded in depth), noting every scalar that YAML readers would not agree on."""

    def value(node: Node, anchor: int) -> Any:
        match node:
            case Mapping():
                return {name: value(child, key.start) for name, (key, child) in node.items.items()}
            case Sequence():
                return [value(child, child.start) for child in node.items]
            case Scalar():
                wrong = disagreement(node)
                if wrong is not None:
                    problems.append(source.problem(anchor if not node.text else node.start, *wrong))
                return plain_value(node)

    return value(root, root.start)


def problems_of(error: ValidationError, root: Node, source: Source) -> list[Problem]:
    """Every problem that the schema found, in no particular order."""
    details = error.errors(include_url=False)
    locations = {detail["loc"] for detail in details}
    return [_problem(detail, root, source) for detail in details if not _follows(detail, locations)]


def locate(root: Node, location: Location, *, key: bool = False) -> int:
    """The index of the value at a location (of its key, if `key`); of the deepest part that is in the file."""
    node, index = root, root.start
    for position, step in enumerate(location):
        last = position == len(location) - 1
        if isinstance(node, Mapping) and isinstance(step, str) and step in node.items:
            name, node = node.items[step]
            empty = isinstance(node, Scalar) and node.start == node.end
            index = name.start if (key and last) or empty or not isinstance(node, Scalar) else node.start
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            index = node.start
        else:
            break
    return index


def route_at(root: Node, location: Location) -> str | None:
    """The id of the route that a location is in, if it has one."""
    if len(location) < 2 or location[0] != "routes" or not isinstance(root, Mapping):  # noqa: PLR2004 -- routes, index
        return None
    routes = root.items["routes"][1]
    entry = routes.items[location[1]] if isinstance(routes, Sequence) and isinstance(location[1], int) else None
    named = entry.items.get("id") if isinstance(entry, Mapping) else None
    return named[1].text if named and isinstance(named[1], Scalar) else None


def _follows(detail: ErrorDetails, locations: Iterable[Location]) -> bool:
    """Whether a list is only too short because its members were refused, which is said already."""
    own = detail["loc"]
    return detail["type"] == "too_short" and any(len(loc) > len(own) and loc[: len(own)] == own for loc in locations)


def _problem(detail: ErrorDetails, root: Node, source: Source) -> Problem:
    location = detail["loc"]
    in_key = bool(location) and location[-1] == "[key]"
    if in_key:
        location = location[:-1]
    what, hint = _words(detail, location)
    index = locate(root, location, key=in_key or detail["type"] == "extra_forbidden")
    return source.problem(index, what, hint, route=route_at(root, location))


_WORDS = {
    "missing": ("`{name}` is missing", "add `{name}:` here"),
    "too_short": ("`{name}` is an empty list", "write at least one, or delete the line"),
    "string_too_short": ("`{name}` is empty", "write some words"),
    "string_pattern_mismatch": ("`{name}` is empty", "write some words"),
}
_WANTED = {
    "string_type": "write text",
    "bool_type": "write true or false",
    "int_type": "write a whole number",
    "int_from_float": "write a whole number",
    "float_type": "write a number",
    "tuple_type": "write a list: [a, b], or one `- ` a line",
}
_KEYS_WANTED = "write keys and values: {key: value}, or one `key: value` a line"


def _words(detail: ErrorDetails, location: Location) -> tuple[str, str]:
    """What is wrong and what to write, by pydantic's type of error."""
    name = str(location[-1]) if location else "the map"
    written, limits = detail["input"], detail.get("ctx", {})
    match detail["type"]:
        case "value_error" if isinstance(limits["error"], BadValue):
            words = limits["error"].what, limits["error"].hint
        case "extra_forbidden":
            words = _unknown(name, location)
        case "enum" | "literal_error":
            words = f"{shown(written)} is no {_noun(location)}", f"write {limits['expected'].replace(chr(39), '')}"
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal":
            limit = detail["msg"].replace("Input should be", "write a number")
            words = f"{shown(written)} is out of range for `{name}`", limit
        case "string_type" if isinstance(written, bool | int | float):
            words = f"{shown(written)} is not text", f'put it in quotes: "{shown(written).strip("`")}"'
        case kind if kind in _WORDS:
            what, hint = _WORDS[kind]
            words = what.format(name=name), hint.format(name=name)
        case kind:
            words = f"{_shape(written)} does not fit `{name}`", _WANTED.get(kind, _KEYS_WANTED)
    return words


_NOUNS = {
    "how": "way to compare a header",
    "on": "trigger of a fallback",
    "version": "version of the format that this gateway reads",
    "without": "part of a page that can be left out",
}


def _noun(location: Location) -> str:
    name = next(step for step in reversed(location) if isinstance(step, str))
    return _NOUNS.get(name, name)


def _shape(written: object) -> str:
    if isinstance(written, dict):
        return "a block of keys"
    return "a list" if isinstance(written, list) else shown(written)


def _unknown(name: str, location: Location) -> tuple[str, str]:
    known = _known_keys(location[:-1])
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    hint = f"did you mean `{near[0]}`?" if near else f"the keys here are {', '.join(known)}"
    return f"{shown(name)} is not a key of {_owner(location[:-1])}", hint


def _owner(location: Location) -> str:
    names = [step for step in location if isinstance(step, str)]
    if not names:
        return "the map"
    return "a route" if location[0] == "routes" and len(names) == 1 else f"`{names[-1]}`"


def _known_keys(location: Location) -> list[str]:
    """The keys of the block at a location of the schema."""
    model: type[BaseModel] = Document
    for step in location:
        if isinstance(step, str) and step in model.model_fields:
            model = _block(model.model_fields[step].annotation) or model
    return list(model.model_fields)


def _block(annotation: Any) -> type[BaseModel] | None:
    """The model inside `X | None`, `tuple[X, ...]`, `dict[..., X]` or `Annotated[X, ...]`."""
    if isinstance(annotation, type) and not get_origin(annotation):
        return annotation if issubclass(annotation, BaseModel) else None
    if get_origin(annotation) in {Union, types.UnionType, dict, tuple} or hasattr(annotation, "__metadata__"):
        return next((found for part in get_args(annotation) if (found := _block(part))), None)
    return None
