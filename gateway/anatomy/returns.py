"""What the source of a view returns: text, a response of its own, JSON; and with which status. Pure: trees in."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

_ERRORS = 400
"""From here on a status is no good answer."""


class Returned(StrEnum):
    """What one `return` gives."""

    TEXT = "text"
    NOTHING = "nothing"
    JSON = "json"
    PAGE = "page"
    REDIRECT = "redirect"
    RESPONSE = "response"
    """A response that the view makes itself, of bytes, text or a stream."""
    OTHER = "other"
    """It cannot be told."""


@dataclass(slots=True)
class Returns:
    """Every good answer: those below 400. `statuses` are those that are told, each once, in the source's order."""

    kinds: set[Returned] = field(default_factory=set)
    statuses: list[int] = field(default_factory=list)
    media_types: list[str] = field(default_factory=list)
    """Those that responses of its own are made with."""
    is_computed: bool = False
    """Whether a status is computed, so that `statuses` are not all of them."""

    @property
    def status(self) -> int | None:
        """The one status of all good answers; None for several, and for what cannot be told."""
        return self.statuses[0] if len(self.statuses) == 1 and not self.is_computed else None


Node = ast.FunctionDef | ast.AsyncFunctionDef

_BY_CALL = {
    "jsonify": Returned.JSON,
    "render_template": Returned.PAGE,
    "render_template_string": Returned.PAGE,
    "redirect": Returned.REDIRECT,
    "Response": Returned.RESPONSE,
    "response_class": Returned.RESPONSE,
    "str": Returned.TEXT,
}
_LITERALS: dict[type[ast.expr], Returned] = {
    ast.JoinedStr: Returned.TEXT,
    ast.Dict: Returned.JSON,
    ast.DictComp: Returned.JSON,
    ast.List: Returned.JSON,
    ast.ListComp: Returned.JSON,
}


def read_returns(node: Node, helpers: Mapping[str, Node] | None = None) -> Returns:
    """What a view returns. `helpers` are functions of its module by name: what it returns of theirs is looked into."""
    found = Returns()
    assigned = _assigned(node)
    later = _statuses_set(node)
    for one in _own(node):
        if isinstance(one, ast.Return) and one.value is not None:
            _one(one.value, assigned, later, helpers or {}, found)
    return found


def _one(
    value: ast.expr,
    assigned: Mapping[str, ast.expr],
    later: Mapping[str, list[int]],
    helpers: Mapping[str, Node],
    found: Returns,
) -> None:
    told: list[int] = []
    if isinstance(value, ast.Tuple) and value.elts:
        second = value.elts[1] if len(value.elts) > 1 else None
        told = [] if second is None else list(_numbers(second))
        found.is_computed |= not told and not isinstance(second, ast.Dict | ast.List | None)
        value = value.elts[0]
    if isinstance(value, ast.Name):
        told = told or later.get(value.id, [])
        value = assigned.get(value.id, value)
    helper = helpers.get(_called(value))
    if helper is not None:
        inner = read_returns(helper)
        found.kinds |= inner.kinds
        found.statuses += [one for one in told or inner.statuses if one not in found.statuses]
        found.media_types += inner.media_types
        found.is_computed |= inner.is_computed
        return
    kind = _kind(value)
    options = {one.arg: one.value for one in value.keywords if one.arg} if isinstance(value, ast.Call) else {}
    if kind is Returned.RESPONSE and "status" in options:
        told = told or list(_numbers(options["status"]))
    good = [one for one in told or [200] if one < _ERRORS]
    if not good:
        return
    found.kinds.add(kind)
    if kind is not Returned.REDIRECT:
        found.statuses += [one for one in good if one not in found.statuses]
    said = (options.get("mimetype"), options.get("content_type")) if kind is Returned.RESPONSE else ()
    found.media_types += [one.value for one in said if isinstance(one, ast.Constant) and isinstance(one.value, str)]


def _kind(value: ast.expr) -> Returned:
    match value:
        case ast.Constant(value="" | b""):
            return Returned.NOTHING
        case ast.Constant(value=str() | bytes()):
            return Returned.TEXT
        case ast.BinOp(left=left):  # "a" + b, "a %s" % b
            return _kind(left)
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="format" | "join")):
            return Returned.TEXT
        case ast.Call():
            return _BY_CALL.get(_called(value), Returned.OTHER)
        case _:
            return _LITERALS.get(type(value), Returned.OTHER)


def _called(value: ast.expr) -> str:
    """The last word of what is called."""
    match value:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name
        case _:
            return ""


def _numbers(value: ast.expr) -> Iterator[int]:
    """`201`, and both of `201 if created else 200`."""
    match value:
        case ast.Constant(value=int(number)):
            yield number
        case ast.IfExp(body=body, orelse=orelse):
            yield from _numbers(body)
            yield from _numbers(orelse)
        case _:
            pass


def _assigned(node: Node) -> dict[str, ast.expr]:
    """Names that are given one value only."""
    values: dict[str, list[ast.expr]] = {}
    for one in _own(node):
        if isinstance(one, ast.Assign) and len(one.targets) == 1 and isinstance(one.targets[0], ast.Name):
            values.setdefault(one.targets[0].id, []).append(one.value)
    return {name: given[0] for name, given in values.items() if len(given) == 1}


def _statuses_set(node: Node) -> dict[str, list[int]]:
    """`response.status_code = 201`."""
    found: dict[str, list[int]] = {}
    for one in _own(node):
        match one:
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=name), attr="status_code")], value=value):
                found.setdefault(name, []).extend(_numbers(value))
            case _:
                pass
    return found


def _own(node: Node) -> Iterator[ast.AST]:
    """Everything in a function but what is in functions and classes inside of it."""
    waiting: list[ast.AST] = list(node.body)
    while waiting:
        one = waiting.pop(0)
        yield one
        if not isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting = [*ast.iter_child_nodes(one), *waiting]
