"""What the source of a view reads of the request, and what of the legacy application it uses. Pure: trees in."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from gateway.anatomy.shape import ABSENT

_SOURCES = {
    "args": "query",
    "form": "form",
    "files": "file",
    "headers": "header",
    "cookies": "cookie",
    "values": "query",
}
_TYPES = frozenset({"int", "float", "bool", "str", "Decimal", "UUID"})
_SINGLE = frozenset({"get", "getlist", "pop"})


@dataclass(frozen=True, slots=True)
class Argument:
    """One value that is read. `source` is query, form, file, header, cookie or json; `type` a name, empty for text.

    `default` is ABSENT where it is none, or none that the source tells. `is_list` is `getlist`.
    """

    source: str
    name: str
    type: str = ""
    required: bool = False
    default: Any = ABSENT
    is_list: bool = False
    line: int = 0


@dataclass(slots=True)
class Reading:
    """Everything that was read off a view. `puzzles` are sentences about what was not understood."""

    arguments: dict[tuple[str, str], Argument] = field(default_factory=dict)
    uses: set[str] = field(default_factory=set)
    """Words for what else it uses: `session`, `current_user`, `flash`, `g`, `render_template` ..."""
    headers: list[str] = field(default_factory=list)
    """Headers that it sets."""
    puzzles: list[str] = field(default_factory=list)
    reads_json: bool = False
    reads_raw: bool = False

    def of(self, *sources: str) -> list[Argument]:
        """The arguments from these sources, in the order of the source."""
        return [one for one in self.arguments.values() if one.source in sources]


USES = frozenset({
    "create_access_token", "create_refresh_token", "current_app", "current_user", "flash", "g", "get_flashed_messages",
    "get_jwt", "get_jwt_identity", "login_user", "logout_user", "redirect", "render_template", "render_template_string",
    "send_file", "send_from_directory", "session", "url_for", "verify_jwt_in_request",
})  # fmt: skip


def read_arguments(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Reading:
    """What a view reads."""
    reading = Reading()
    aliases = dict(_aliases(node))
    for one in ast.walk(node):
        if isinstance(one, ast.Name) and one.id in USES:
            reading.uses.add(one.id)
        argument = _argument(one, aliases)
        if argument is not None:
            known = reading.arguments.get((argument.source, argument.name))
            reading.arguments[argument.source, argument.name] = _merged(known, argument)
        _whole(one, reading)
    reading.headers = headers_set([node])
    return reading


def _aliases(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Names for parts of the request: `args = request.args`, `payload = request.get_json()`."""
    for one in ast.walk(node):
        match one:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if (source := _source(value, {})) is not None:
                yield name, source
            case ast.NamedExpr(target=ast.Name(id=name), value=value) if (source := _source(value, {})) is not None:
                yield name, source
            case _:
                pass


def _source(value: ast.expr, aliases: dict[str, str]) -> str | None:
    """Which part of the request an expression is."""
    match value:
        case ast.Attribute(value=ast.Name(id="request"), attr="json"):
            return "json"
        case ast.Attribute(value=ast.Name(id="request"), attr=attribute):
            return _SOURCES.get(attribute)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="request"), attr="get_json")):
            return "json"
        case ast.BoolOp(values=[first, *_]):  # request.get_json() or {}
            return _source(first, aliases)
        case ast.Name(id=name):
            return aliases.get(name)
        case _:
            return None


def _argument(node: ast.AST, aliases: dict[str, str]) -> Argument | None:
    match node:
        case ast.Call(
            func=ast.Attribute(value=owner, attr=method), args=[ast.Constant(value=str(name)), *rest], keywords=keywords
        ) if method in _SINGLE and (source := _source(owner, aliases)) is not None:
            given = {one.arg: one.value for one in keywords}
            said = given.get("type") or (rest[1] if len(rest) > 1 else None)
            default = given.get("default") or (rest[0] if rest else None)
            return Argument(
                source, name, _type(said), default=_literal(default), is_list=method == "getlist", line=node.lineno
            )
        case ast.Subscript(value=owner, slice=ast.Constant(value=str(name)), ctx=ast.Load()):
            found = _source(owner, aliases)
            return None if found is None else Argument(found, name, required=True, line=node.lineno)
        case _:
            return None


def _merged(known: Argument | None, new: Argument) -> Argument:
    """Of two readings the one that says more; once required, required."""
    if known is None:
        return new
    told = known if known.type or known.default is not ABSENT else new
    required = known.required or new.required
    return Argument(told.source, told.name, told.type, required, told.default, told.is_list or new.is_list, known.line)


def _type(node: ast.expr | None) -> str:
    match node:
        case None:
            return ""
        case ast.Name(id=name) if name in _TYPES:
            return "" if name == "str" else name
        case ast.Attribute(attr=name) if name in _TYPES:
            return name
        case _:
            return f"?{ast.unparse(node)}"


def _literal(node: ast.expr | None) -> Any:
    if node is None:
        return ABSENT
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError):
        return ABSENT


def headers_set(nodes: Iterable[ast.AST]) -> list[str]:
    """The headers that code sets on answers, each once."""
    found = (name for one in nodes for node in ast.walk(one) if (name := _header_set(node)) is not None)
    return list(dict.fromkeys(found))


def _header_set(node: ast.AST) -> str | None:
    match node:
        case ast.Subscript(value=ast.Attribute(attr="headers"), slice=ast.Constant(value=str(name)), ctx=ast.Store()):
            return name
        case ast.Attribute(value=ast.Attribute(attr="cache_control"), ctx=ast.Store()):
            return "Cache-Control"
        case ast.Call(func=ast.Attribute(attr="add_etag" | "set_etag")):
            return "ETag"
        case ast.Call(func=ast.Attribute(attr="set_cookie" | "delete_cookie")):
            return "Set-Cookie"
        case _:
            return None


def _whole(node: ast.AST, reading: Reading) -> None:
    """What is read as a whole: then its parts are not known."""
    match node:
        case ast.Attribute(value=ast.Name(id="request"), attr="json"):
            reading.reads_json = True
        case ast.Call(func=ast.Attribute(value=ast.Name(id="request"), attr="get_json")):
            reading.reads_json = True
        case ast.Attribute(value=ast.Name(id="request"), attr="data" | "stream"):
            reading.reads_raw = True
        case ast.Call(func=ast.Attribute(value=ast.Name(id="request"), attr="get_data")):
            reading.reads_raw = True
        case ast.Call(func=ast.Attribute(value=owner, attr="to_dict" | "items" | "lists" | "keys" | "values")) if (
            source := _source(owner, {})
        ) in {"query", "form", "json"}:
            reading.puzzles.append(f"it reads every member of the {source} (line {getattr(node, 'lineno', 0)})")
        case _:
            pass
