"""What a route declares that it reads: names and types, of its endpoint and of its dependencies.

The one place that reads FastAPI's `dependant`. What `include_router(dependencies=...)` adds is not seen.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Union, get_args, get_origin

from fastapi import params
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.fields import FieldInfo

_SEQUENCES = (list, set, frozenset, tuple)


@dataclass(frozen=True, slots=True)
class Declared:
    """One parameter. `kind` is the type of its value, without None; of its members where it is a list."""

    kind: Any
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class Declarations:
    """A route's parameters by name. `body` is the model of a JSON body, if it is one model and nothing else."""

    path: Mapping[str, Declared] = field(default_factory=dict)
    query: Mapping[str, Declared] = field(default_factory=dict)
    form: Mapping[str, Declared] = field(default_factory=dict)
    body: type[BaseModel] | None = None
    requires_json: bool = False


def declarations_of(route: APIRoute) -> Declarations:
    """What the route declares."""
    dependants = list(_flat(route.dependant))
    bodies = [one for dependant in dependants for one in dependant.body_params]
    forms = [one for one in bodies if isinstance(one.field_info, params.Form)]
    jsons = [one for one in bodies if not isinstance(one.field_info, params.Form)]
    return Declarations(
        path=_named(one for dependant in dependants for one in dependant.path_params),
        query=_named(one for dependant in dependants for one in dependant.query_params),
        form=_named(forms),
        body=_single_model(jsons),
        requires_json=any(one.field_info.is_required() for one in jsons),
    )


def _flat(dependant: Any) -> Iterator[Any]:
    yield dependant
    for one in dependant.dependencies:
        yield from _flat(one)


def _named(fields: Iterable[Any]) -> dict[str, Declared]:
    found: dict[str, Declared] = {}
    for one in fields:
        model = bare(one.field_info.annotation)
        if isinstance(model, type) and issubclass(model, BaseModel):
            found |= {_name(member, name): _declared(member) for name, member in model.model_fields.items()}
        else:
            found[_name(one.field_info, one.alias)] = _declared(one.field_info)
    return found


def _name(info: FieldInfo, otherwise: str) -> str:
    for alias in (info.validation_alias, info.alias):
        if isinstance(alias, str):
            return alias
    return otherwise


def _declared(info: FieldInfo) -> Declared:
    kind = bare(info.annotation)
    origin = get_origin(kind) or kind
    if origin in _SEQUENCES:
        members = get_args(kind)
        return Declared(bare(members[0]) if members else Any, is_list=True)
    return Declared(kind)


def bare(annotation: Any) -> Any:
    """`int` for `int`, `int | None` and `Annotated[int | None, ...]`; a wider union as it is."""
    if get_origin(annotation) in {Union, types.UnionType}:
        rest = [one for one in get_args(annotation) if one is not type(None)]
        return bare(rest[0]) if len(rest) == 1 else annotation
    metadata = getattr(annotation, "__metadata__", None)
    return bare(annotation.__origin__) if metadata is not None else annotation


def _single_model(fields: list[Any]) -> type[BaseModel] | None:
    if len(fields) != 1 or getattr(fields[0].field_info, "embed", None):
        return None
    model = bare(fields[0].field_info.annotation)
    return model if isinstance(model, type) and issubclass(model, BaseModel) else None
