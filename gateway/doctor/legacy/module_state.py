"""Module-level mutable values that functions change: what several threads would share. Pure."""

from __future__ import annotations

import ast
from collections.abc import Iterator

MUTATORS = frozenset({
    "add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popitem", "popleft", "remove",
    "setdefault", "update",
})  # fmt: skip

_CONTAINERS = frozenset({"Counter", "OrderedDict", "defaultdict", "deque", "dict", "list", "set"})


def written_by_requests(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The line of the first change and the name, for each module-level container or counter that a function changes."""
    containers = {name for name, value in _assigned(tree) if _is_container(value)}
    reported: set[str] = set()
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        own = _own_names(function)
        for line, name in (*_changes(function, containers - own), *_rebinds(function)):
            if name not in reported:
                reported.add(name)
                yield line, name


def _assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=targets, value=value):
                yield from ((target.id, value) for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, value
            case _:
                pass


def _is_container(value: ast.expr) -> bool:
    match value:
        case ast.Dict() | ast.List() | ast.Set() | ast.ListComp() | ast.DictComp() | ast.SetComp():
            return True
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in _CONTAINERS
        case _:
            return False


def _own_names(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """The names that are local to the function: parameters, and what it assigns without `global`."""
    arguments = function.args
    names = {argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    names |= {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return names - _globals_of(function)


def _globals_of(function: ast.AST) -> set[str]:
    return {name for node in ast.walk(function) if isinstance(node, ast.Global) for name in node.names}


def _changes(function: ast.AST, containers: set[str]) -> Iterator[tuple[int, str]]:
    """`NAME[...] = ...`, `del NAME[...]`, `NAME += ...`, `NAME.append(...)`."""
    for node in ast.walk(function):
        match node:
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()) if name in containers:
                yield node.lineno, name
            case ast.Call(func=ast.Attribute(attr=method, value=ast.Name(id=name))) if (
                name in containers and method in MUTATORS
            ):
                yield node.lineno, name


def _rebinds(function: ast.AST) -> Iterator[tuple[int, str]]:
    """`global NAME` followed by `NAME += ...`: a counter. Setting it once (a lazy singleton) is common and harmless."""
    shared = _globals_of(function)
    for node in ast.walk(function):
        match node:
            case ast.AugAssign(target=ast.Name(id=name)) if name in shared:
                yield node.lineno, name
