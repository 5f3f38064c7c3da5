"""Which schemas, models and parsers a view is declared with, or uses in its source."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from gateway.anatomy.arguments import Argument
from gateway.anatomy.marshmallow_schema import is_schema, schema_shape
from gateway.anatomy.restx_model import is_model, is_parser, model_shape, parser_arguments, request_model_shape
from gateway.anatomy.shape import ABSENT, Kind, Shape, Type
from gateway.anatomy.view import View

_LOADS = frozenset({"load", "loads", "validate"})
_DUMPS = frozenset({"dump", "dumps", "jsonify"})
_OK = range(200, 300)
_NAMES = {
    Kind.INTEGER: "int",
    Kind.NUMBER: "float",
    Kind.BOOLEAN: "bool",
    Kind.DECIMAL: "Decimal",
    Kind.UUID: "UUID",
}


@dataclass(slots=True)
class Declared:
    """What is known. `body` is what a JSON body holds, `answer` what a good answer is; `many` says: a list of it."""

    body: Shape | None = None
    body_is_list: bool = False
    answer: Shape | None = None
    answer_is_list: bool = False
    status: int | None = None
    arguments: list[Argument] = field(default_factory=list)
    checked_by: str = ""
    """`webargs` or `restx` where one of them refuses what does not fit, with JSON of its own: with 422, or with 400."""
    headers: set[str] = field(default_factory=set)
    """Headers that the library sets on the answer."""

    @property
    def answer_type(self) -> Type | None:
        """The answer's type; None when nothing is known."""
        if self.answer is None:
            return None
        one = Type(Kind.OBJECT, shape=self.answer)
        return Type(Kind.LIST, items=one) if self.answer_is_list else one


def declared_by(view: View) -> Declared:
    """What the view's decorators and source declare, decorators first."""
    found = Declared()
    _smorest(view, found)
    _restx(view, found)
    _decorators(view, found)
    for thing, loads in _used(view):
        many = bool(getattr(thing, "many", False))
        if loads and found.body is None:
            found.body, found.body_is_list = schema_shape(thing, for_request=True), many
        elif not loads and found.answer is None:
            _answers(found, thing, many=many)
    return found


def _answers(found: Declared, schema: Any, *, many: bool) -> None:
    found.answer, found.answer_is_list = schema_shape(schema, for_request=False), many


def _smorest(view: View, found: Declared) -> None:
    """What Flask-Smorest's `@blp.arguments` and `@blp.response` leave on the function."""
    for one in _layers(view):
        documentation = getattr(one, "_apidoc", None)
        if not isinstance(documentation, dict):
            continue
        for parameter in documentation.get("arguments", {}).get("parameters", ()):
            if isinstance(parameter, dict) and is_schema(parameter.get("schema")):
                _placed(found, parameter["schema"], str(parameter.get("in", "json")))
        pages = documentation.get("pagination", {}).get("parameters", {})
        if is_schema(pages.get("schema")):
            _placed(found, pages["schema"], "query")
            found.headers |= {"X-Pagination"}
        if documentation.get("etag"):
            found.headers |= {"ETag"}
        responses = documentation.get("response", {}).get("responses", {})
        for status, response in responses.items():
            # A list of alternatives by content type, in newer releases
            first = response[0] if isinstance(response, list) and response else response
            schema = first.get("schema") if isinstance(first, dict) else None
            if str(status).isdigit() and int(status) in _OK:
                found.status = int(status)
                if is_schema(schema):
                    _answers(found, schema, many=bool(getattr(schema, "many", False)))


def _placed(found: Declared, schema: Any, place: str) -> None:
    """A schema for a part of the request: a body, or arguments of the query, form or headers."""
    shape = schema_shape(schema, for_request=True)
    found.checked_by = "webargs"
    if place in {"json", "body", "json_or_form"}:
        found.body, found.body_is_list = shape, bool(getattr(schema, "many", False))
        return
    known = {(one.source, one.name) for one in found.arguments}
    source = {"query": "query", "querystring": "query", "form": "form", "headers": "header", "header": "header",
              "files": "file", "cookies": "cookie", "cookie": "cookie"}.get(place)  # fmt: skip
    for member in shape.members if source is not None else ():
        if (source, member.name) in known:  # each layer of decorators carries what those below it said
            continue
        is_list = member.type.kind is Kind.LIST
        kind = member.type.items if is_list and member.type.items is not None else member.type
        default = member.default if member.default is not None else ABSENT
        found.arguments.append(
            Argument(str(source), member.name, _NAMES.get(kind.kind, ""), member.required, default, is_list)
        )


def _restx(view: View, found: Declared) -> None:
    """What RESTX's decorators leave on methods and resources."""
    has_body = view.method not in {"GET", "HEAD"}
    for one in (*_layers(view), view.owner):
        documentation = getattr(one, "__apidoc__", None)
        if not isinstance(documentation, dict):
            continue
        for expected in documentation.get("expect", ()):
            many = isinstance(expected, list)
            thing = expected[0] if isinstance(expected, list) and expected else expected
            found.checked_by = "restx"
            if is_parser(thing):
                found.arguments += parser_arguments(thing, has_body=has_body)
            elif is_model(thing) and found.body is None:
                found.body, found.body_is_list = request_model_shape(thing), many
        parser = documentation.get("parser")
        if parser is not None and is_parser(parser):
            found.checked_by = "restx"
            found.arguments += parser_arguments(parser, has_body=has_body)
        for status, response in (documentation.get("responses") or {}).items():
            model: Any = response[1] if isinstance(response, tuple) and len(response) > 1 else None
            many = isinstance(model, list)
            model = model[0] if isinstance(model, list) and model else model
            if str(status).isdigit() and int(status) in _OK and is_model(model) and found.answer is None:
                found.answer, found.answer_is_list, found.status = model_shape(model), many, int(status)


def _layers(view: View) -> Iterator[Any]:
    """The function with its wrappers, from the outside in; each may carry what a decorator said."""
    method = getattr(view.owner, view.method.lower(), None) if view.owner is not None else None
    one: Any = method or view.registered
    while one is not None:
        yield one
        one = getattr(one, "__wrapped__", None)


def _decorators(view: View, found: Declared) -> None:
    """Webargs' `@use_args(schema, location="query")`, told by the source."""
    for mark in view.node.decorator_list if view.node is not None else ():
        match mark:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[said, *_]) if name in {
                "use_args", "use_kwargs", "marshal_with", "marshal_list_with",
            }:  # fmt: skip
                thing = value_of(said, view.globals)
                place = next((one.value for one in mark.keywords if one.arg == "location"), None)
                where = place.value if isinstance(place, ast.Constant) else "json"
                if name.startswith("use_") and is_schema(thing):
                    _placed(found, thing, str(where))
                elif is_schema(thing) and found.answer is None:
                    many = name == "marshal_list_with" or "many" in {one.arg for one in mark.keywords}
                    _answers(found, thing, many=many)
            case _:
                pass


def _used(view: View) -> Iterator[tuple[Any, bool]]:
    """The schemas that the source loads or dumps with: itself, or in a plain function that it hands them to."""
    if view.node is None:
        return
    for node in ast.walk(view.node):
        match node:
            case ast.Call(func=ast.Attribute(value=owner, attr=method)) if method in _LOADS | _DUMPS:
                thing = value_of(owner, view.globals)
                if is_schema(thing):
                    yield _with_many(thing, node), method in _LOADS
            case ast.Call(func=ast.Name(id=name), args=arguments):
                for number, argument in enumerate(arguments):
                    thing = value_of(argument, view.globals)
                    if is_schema(thing):
                        yield from _handed_to(view.globals.get(name), number, thing)
            case _:
                pass


def _with_many(schema: Any, call: ast.Call) -> Any:
    """The schema as it is used: `dump(rows, many=True)`."""
    said = next((one.value for one in call.keywords if one.arg == "many"), None)
    if isinstance(said, ast.Constant) and said.value:
        made = type(schema) if not isinstance(schema, type) else schema
        try:
            return made(many=True)
        except TypeError:
            return schema
    return schema


def _handed_to(function: Any, number: int, schema: Any) -> Iterator[tuple[Any, bool]]:
    """Whether a helper loads or dumps with the schema that it is given."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function))))
    except (OSError, TypeError, SyntaxError, ValueError):
        return
    helper = next((one for one in tree.body if isinstance(one, ast.FunctionDef)), None)
    if helper is None or number >= len(helper.args.args):
        return
    parameter = helper.args.args[number].arg
    for node in ast.walk(helper):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if (
                name == parameter and method in _LOADS | _DUMPS
            ):
                yield schema, method in _LOADS
            case _:
                pass


def value_of(node: ast.expr, names: dict[str, Any]) -> Any:
    """The object that a name, an attribute of one, or a call without arguments of a schema's class stands for."""
    match node:
        case ast.Name(id=name):
            return names.get(name)
        case ast.Attribute(value=value, attr=attribute):
            owner = value_of(value, names)
            return None if owner is None else inspect.getattr_static(owner, attribute, None)
        case ast.Call(func=func, args=[], keywords=keywords):
            made = value_of(func, names)
            options = {one.arg: one.value.value for one in keywords if one.arg and isinstance(one.value, ast.Constant)}
            if not (isinstance(made, type) and is_schema(made)):
                return None
            try:
                return made(**options)
            except TypeError:
                return made
        case _:
            return None
