"""The function that answers a rule: without its wrappers, with its source as text and as a tree."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask


@dataclass(frozen=True, slots=True)
class View:
    """`function` is the innermost one; `registered` what Flask calls. `node` is None where there is no source.

    `globals` are the names that the source can use. `path` is as it is shown to people, `line` that of the `def`.
    """

    endpoint: str
    method: str
    function: Callable[..., Any]
    registered: Callable[..., Any]
    node: ast.FunctionDef | ast.AsyncFunctionDef | None
    source: str
    path: str
    line: int
    globals: dict[str, Any]
    owner: type | None = None

    @property
    def name(self) -> str:
        """The function's own name."""
        return str(getattr(self.function, "__name__", self.endpoint))

    @property
    def summary(self) -> str:
        """The first line of its docstring."""
        return (inspect.getdoc(self.function) or "").strip().partition("\n")[0]


def view_of(flask: Flask, endpoint: str, method: str, root: Path) -> View:
    """The view of an endpoint; of a class of views, the method's function. Raises KeyError for an unknown endpoint."""
    registered = flask.view_functions[endpoint]
    owner = getattr(registered, "view_class", None)
    function: Any = registered
    if owner is not None:
        methods = [method.lower(), *(["get"] if method == "HEAD" else []), "dispatch_request"]
        function = next((found for name in methods if (found := getattr(owner, name, None)) is not None), registered)
    plain = inspect.unwrap(function)
    plain = getattr(plain, "__func__", plain)
    path, line, source, node = _source(plain, root)
    names = dict(getattr(plain, "__globals__", {}))
    code = getattr(plain, "__code__", None)
    for name, cell in zip(code.co_freevars if code else (), getattr(plain, "__closure__", None) or (), strict=False):
        try:
            names[name] = cell.cell_contents
        except ValueError:  # not yet filled
            continue
    return View(endpoint, method, plain, function if owner else registered, node, source, path, line, names, owner)


def _source(function: Any, root: Path) -> tuple[str, int, str, ast.FunctionDef | ast.AsyncFunctionDef | None]:
    try:
        lines, first = inspect.getsourcelines(function)
        file = Path(inspect.getsourcefile(function) or "")
    except (OSError, TypeError):
        return "", 0, "", None
    source = textwrap.dedent("".join(lines))
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return str(file), first, source, None
    ast.increment_lineno(tree, first - 1)  # lines of the file, not of the function
    node = next((one for one in tree.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)), None)
    return _shown(file, root), first if node is None else node.lineno, source, node


def _shown(file: Path, root: Path) -> str:
    """The file as people know it: below the project, else below the folder that it is imported from."""
    folders = [root, *sorted(map(Path, filter(None, sys.path)), key=lambda one: -len(one.parts))]
    return next((str(file.relative_to(one)) for one in folders if file.is_relative_to(one)), str(file))


def helpers_of(view: View) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
    """The trees of the functions of the view's own module that it calls, by the name that it calls them by."""
    if view.node is None:
        return {}
    called = {
        one.func.id for one in ast.walk(view.node) if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)
    }
    home = getattr(view.function, "__module__", None)
    found = {}
    for name in sorted(called):
        function = view.globals.get(name)
        if inspect.isfunction(function) and function.__module__ == home:
            node = _source(inspect.unwrap(function), Path())[3]
            if node is not None:
                found[name] = node
    return found
