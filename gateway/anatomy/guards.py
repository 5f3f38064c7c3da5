"""What is wrapped around a view: its decorators, without those that say where it is or what it takes and gives."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gateway.anatomy.schemas import value_of
from gateway.anatomy.view import View

_ROUTING = frozenset({"route", "get", "post", "put", "patch", "delete", "endpoint", "add_url_rule"})
_DECLARING = frozenset({
    "alt_response", "arguments", "classmethod", "deprecated", "doc", "etag", "exempt", "expect", "hide",
    "marshal_list_with", "marshal_with", "paginate", "param", "produces", "response", "staticmethod", "use_args",
    "use_kwargs",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Guard:
    """One decorator. `name` is the function's with its package, `flask_login.login_required`; `text` as it is written.

    `options` are its arguments by keyword, None where they are more than literals.
    """

    name: str
    text: str
    options: tuple[tuple[str, Any], ...] | None = ()


def guards_of(view: View) -> list[Guard]:
    """Those of the class of views first, then the function's own, the outermost first."""
    found = [_of_object(one) for one in _of_class(view)]
    marks = view.node.decorator_list if view.node is not None else []
    return [*found, *(guard for mark in marks if (guard := _of_source(mark, view.globals)) is not None)]


def _of_class(view: View) -> Iterator[Any]:
    """Flask's `decorators`, and `method_decorators` of RESTX and Flask-RESTful: a list, or one for each method."""
    decorators = getattr(view.owner, "decorators", ())
    by_method = getattr(view.owner, "method_decorators", ())
    if isinstance(by_method, dict):
        by_method = by_method.get(view.method.lower(), ())
    # The last of each list is applied last, and so is the outermost.
    yield from reversed([*by_method, *decorators])


def _of_object(decorator: Any) -> Guard:
    name = getattr(decorator, "__qualname__", type(decorator).__name__)
    return Guard(f"{_package(decorator)}.{name}", name.partition(".<locals>")[0])


def _of_source(mark: ast.expr, names: dict[str, Any]) -> Guard | None:
    target = mark.func if isinstance(mark, ast.Call) else mark
    word = target.attr if isinstance(target, ast.Attribute) else target.id if isinstance(target, ast.Name) else ""
    if word in _DECLARING or (word in _ROUTING and isinstance(target, ast.Attribute)):
        return None
    found = value_of(target, names)
    return Guard(f"{_package(found)}.{word}", ast.unparse(mark), _options(mark))


def _package(thing: Any) -> str:
    return str(getattr(thing, "__module__", "")).partition(".")[0]


def _options(mark: ast.expr) -> tuple[tuple[str, Any], ...] | None:
    if not isinstance(mark, ast.Call):
        return ()
    if mark.args or not all(one.arg and isinstance(one.value, ast.Constant) for one in mark.keywords):
        return None
    return tuple((str(one.arg), one.value.value) for one in mark.keywords if isinstance(one.value, ast.Constant))
