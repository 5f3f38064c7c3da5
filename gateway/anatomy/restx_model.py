"""Models and request parsers of Flask-RESTX, Flask-RESTPlus and Flask-RESTful as shapes and arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gateway.anatomy.arguments import Argument
from gateway.anatomy.fields import ancestors, kind_of
from gateway.anatomy.observed import class_name
from gateway.anatomy.shape import ABSENT, Kind, Member, Shape, Type

DEEPEST = 6
_KINDS: Mapping[str, Kind] = {
    "String": Kind.TEXT, "Integer": Kind.INTEGER, "Float": Kind.NUMBER, "Boolean": Kind.BOOLEAN,
    "DateTime": Kind.DATETIME, "Date": Kind.DATE, "Fixed": Kind.TEXT, "Arbitrary": Kind.TEXT, "Url": Kind.TEXT,
    "FormattedString": Kind.TEXT, "ClassName": Kind.TEXT,
}  # fmt: skip
_LIMITS = {"min_length": "min_length", "max_length": "max_length", "minimum": "ge", "maximum": "le", "min": "ge",
           "max": "le", "pattern": "pattern"}  # fmt: skip
_LOCATIONS = {"args": "query", "values": "query", "form": "form", "json": "json", "headers": "header",
              "files": "file", "cookies": "cookie"}  # fmt: skip
_IN_BODIES = frozenset({"form", "json", "file"})
_TYPES = {"str": "", "text_type": "", "int": "int", "float": "float", "FileStorage": "", "boolean": "?inputs.boolean"}


def is_model(thing: object) -> bool:
    """Whether it is a model."""
    return bool(ancestors(thing) & {"flask_restx.Model", "flask_restplus.Model", "flask_restx.OrderedModel"})


def is_parser(thing: object) -> bool:
    """Whether it is a request parser."""
    return type(thing).__name__ == "RequestParser" and hasattr(thing, "args")


def model_shape(model: Any, *, depth: int = 0) -> Shape:
    """A model as what is answered: marshalling writes every member, null for what is missing, and validates nothing."""
    members = tuple(Member(name, _type(field, depth, for_request=False)) for name, field in _fields(model))
    return Shape(class_name(str(getattr(model, "name", "Model"))), members)


def request_model_shape(model: Any, *, depth: int = 0) -> Shape:
    """A model as what a request has to send: RESTX ignores what the model does not name."""
    members = []
    for name, field in _fields(model):
        if getattr(field, "readonly", False):
            continue
        required = bool(getattr(field, "required", False))
        kind = _type(field, depth, for_request=True)
        members.append(Member(name, kind if required else kind.or_null(), required, ABSENT if required else None))
    return Shape(f"{class_name(str(getattr(model, 'name', 'Model')))}Sent", tuple(members), "ignore")


def parser_arguments(parser: Any, *, has_body: bool) -> Iterator[Argument]:
    """The arguments of a parser, each from the first of its places; of a request without a body from the query.

    Where none is named, RESTX looks into the JSON body and then into the query.
    """
    for one in parser.args:
        places = (one.location,) if isinstance(one.location, str) else tuple(one.location or ())
        sources = [_LOCATIONS[place] for place in places if place in _LOCATIONS]
        source = next((one for one in sources if has_body or one not in _IN_BODIES), "query")
        default = one.default if isinstance(one.default, str | int | float | bool) else ABSENT
        kind = getattr(one.type, "__name__", str(one.type))
        is_list = one.action in {"append", "split"}
        yield Argument(source, str(one.name), _TYPES.get(kind, f"?{kind}"), bool(one.required), default, is_list)


def _fields(model: Any) -> Iterator[tuple[str, Any]]:
    for name, field in getattr(model, "resolved", model).items():
        yield name, field() if isinstance(field, type) else field


def _type(field: Any, depth: int, *, for_request: bool) -> Type:
    field = field() if isinstance(field, type) else field
    nullable = not getattr(field, "required", False) and getattr(field, "default", None) is None
    if depth > DEEPEST:
        return Type(Kind.ANY, nullable)
    match type(field).__name__:
        case "Nested":
            shape_of = request_model_shape if for_request else model_shape
            one = Type(Kind.OBJECT, shape=shape_of(field.nested, depth=depth + 1))
            if getattr(field, "as_list", False):
                return Type(Kind.LIST, nullable, items=one)
            return Type(Kind.OBJECT, bool(getattr(field, "allow_null", False)) and nullable, shape=one.shape)
        case "List" | "Wildcard" as name:
            kind = Kind.LIST if name == "List" else Kind.MAPPING
            return Type(kind, nullable, items=_type(field.container, depth + 1, for_request=for_request))
        case _:
            return _scalar(field, nullable=nullable, for_request=for_request)


def _scalar(field: Any, *, nullable: bool, for_request: bool) -> Type:
    kind = Kind.TEXT if getattr(field, "dt_format", "iso8601") != "iso8601" else kind_of(field, _KINDS)
    if not for_request:
        return Type(kind, nullable)
    choices = getattr(field, "enum", None)
    if isinstance(choices, list | tuple) and choices:
        return Type(Kind.CHOICE, nullable, choices=tuple(choices))
    told = {ours: value for theirs, ours in _LIMITS.items() if (value := getattr(field, theirs, None)) is not None}
    kept = tuple((ours, value) for ours, value in told.items() if isinstance(value, int | float | str))
    return Type(kind, nullable, limits=kept)
