"""What response models do to answers: dates in another format, members that are dropped."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from gateway.doctor.hit import Hit
from gateway.doctor.running.routes import Answering
from gateway.doctor.source.module import Function
from gateway.doctor.source.project import Project

_DATES = frozenset({"date-time", "date"})
DEEPEST = 8


def schema_of(response_model: Any) -> dict[str, Any] | None:
    """The JSON Schema of what goes out; None for no model, or one that has no schema."""
    from pydantic import PydanticSchemaGenerationError, TypeAdapter  # noqa: PLC0415  the command line starts without it
    from pydantic.errors import PydanticInvalidForJsonSchema, PydanticUserError  # noqa: PLC0415  the same

    if response_model is None:
        return None
    try:
        return TypeAdapter(response_model).json_schema(mode="serialization")
    except (PydanticSchemaGenerationError, PydanticInvalidForJsonSchema, PydanticUserError, TypeError):
        return None


def iso_dates(routes: Mapping[str, Answering], project: Project) -> Iterator[Hit]:
    """Dates that go out as ISO 8601. `routes` are those that clients of legacy ask, by the map's id."""
    for route in routes.values():
        schema = schema_of(route.response_model)
        places = (
            [] if schema is None else [place for place, part in _parts(schema, schema) if part.get("format") in _DATES]
        )
        if places:
            names = ", ".join(sorted({place.rpartition("/")[2] for place in places}))
            yield _hit(route, project, "model.iso-datetime", f"{_name(route)} sends {names} as ISO 8601")


def dropped_members(
    routes: Mapping[str, Answering], sent: Mapping[str, tuple[str, Iterable[str]]], project: Project
) -> Iterator[Hit]:
    """Members that a response model lacks. `sent` is route id -> how it is known, and pointers that legacy sends."""
    for route_id, (known_by, pointers) in sent.items():
        route = routes.get(route_id)
        schema = schema_of(route.response_model) if route is not None else None
        if route is None or schema is None:
            continue
        missing = [pointer for pointer in pointers if not has_place(schema, pointer)]
        if missing:
            names = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")  # noqa: PLR2004  as many as one reads
            what = f"the response model of {_name(route)} drops {names}, {known_by}"
            yield _hit(route, project, "model.drops-members", what)


def members_of(value: Any, place: str = "", depth: int = 0) -> Iterator[str]:
    """The members of a JSON value as pointers, `*` for each element of an array."""
    if depth > DEEPEST:
        return
    if isinstance(value, dict):
        for name, member in value.items():
            here = f"{place}/{str(name).replace('~', '~0').replace('/', '~1')}"
            yield here
            yield from members_of(member, here, depth + 1)
    elif isinstance(value, list):
        for member in value:
            yield from members_of(member, f"{place}/*", depth + 1)


def has_place(schema: Mapping[str, Any], pointer: str) -> bool:
    """Whether a value of that schema can have a member at the pointer; what the schema leaves open, it can."""
    parts: list[Mapping[str, Any]] = [schema]
    for segment in pointer.split("/")[1:]:
        name = segment.replace("~1", "/").replace("~0", "~")
        parts = [inner for part in parts for inner in _step(schema, part, name)]
        if not parts:
            return False
    return True


def _step(root: Mapping[str, Any], part: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    for one in _alternatives(root, part):
        if name == "*" and "items" in one:
            yield one["items"]
        elif name in one.get("properties", {}):
            yield one["properties"][name]
        elif isinstance(one.get("additionalProperties"), dict):
            yield one["additionalProperties"]
        elif one.get("additionalProperties") is True or not {"type", "properties", "$ref", "enum", "const"} & set(one):
            yield {}


def _alternatives(root: Mapping[str, Any], part: Mapping[str, Any], depth: int = 0) -> Iterator[Mapping[str, Any]]:
    if depth > DEEPEST:
        return
    if "$ref" in part:
        name = str(part["$ref"]).rpartition("/")[2]
        yield from _alternatives(root, root.get("$defs", {}).get(name, {}), depth + 1)
        return
    several = [one for key in ("anyOf", "oneOf", "allOf") for one in part.get(key, ())]
    if not several:
        yield part
    for one in several:
        yield from _alternatives(root, one, depth + 1)


def _parts(
    root: Mapping[str, Any], part: Mapping[str, Any], place: str = "", depth: int = 0
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every part of a schema with its pointer."""
    if depth > DEEPEST:
        return
    for one in _alternatives(root, part):
        yield place, one
        for name, member in one.get("properties", {}).items():
            yield from _parts(root, member, f"{place}/{name}", depth + 1)
        if isinstance(one.get("items"), dict):
            yield from _parts(root, one["items"], place, depth + 1)


def json_of(body: bytes | None) -> Any:
    """The JSON of a body; None for anything else."""
    try:
        return json.loads(body or b"")
    except (ValueError, RecursionError):
        return None


def _name(route: Answering) -> str:
    return getattr(route.endpoint, "__name__", route.path)


def _hit(route: Answering, project: Project, check: str, what: str) -> Hit:
    """At the `def` of the endpoint."""
    found = function_of(route.endpoint, project)
    if found is None:
        code = getattr(route.endpoint, "__code__", None)
        return Hit(code.co_filename if code else route.path, code.co_firstlineno if code else 1, 1, check, what)
    return Hit(found.module.path, found.node.lineno, found.node.col_offset + 1, check, what)


def function_of(endpoint: Callable[..., Any], project: Project) -> Function | None:
    """The function of the source that an endpoint was made of."""
    name = f"{getattr(endpoint, '__module__', '')}.{getattr(endpoint, '__qualname__', '')}"
    return project.functions.get(name.replace(".<locals>", ""))
