"""A module of the rewrite, with its functions and classes by qualified name. Pure: text in, tree out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, eq=False)
class Class:
    """A class of the project. `name` is the whole one: `shop.models.Employee`."""

    name: str
    node: ast.ClassDef
    module: Module
    parent: Function | None = None

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """What runs in its body, not in the functions and classes inside of it."""
        return _of_body(self.node.body)


@dataclass(frozen=True, eq=False)
class Function:
    """A function or method of the project. `name` is the whole one: `shop.queries.by_id`, `shop.Database.all`."""

    name: str
    node: FunctionNode
    module: Module
    owner: Class | None = None
    parent: Function | None = None

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """What runs when it is called. Every check asks for it, so it is walked once."""
        return tuple(own_nodes(self.node))

    @property
    def is_async(self) -> bool:
        """Whether it runs on the event loop."""
        return isinstance(self.node, ast.AsyncFunctionDef)

    @property
    def parameters(self) -> list[ast.arg]:
        """Its parameters, `*args` and `**kwargs` left out."""
        arguments = self.node.args
        return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]

    def default_of(self, parameter: ast.arg) -> ast.expr | None:
        """The default value of a parameter; None when it has none."""
        arguments = self.node.args
        positional = [*arguments.posonlyargs, *arguments.args]
        if parameter in positional:
            behind = positional.index(parameter) - len(positional) + len(arguments.defaults)
            return arguments.defaults[behind] if behind >= 0 else None
        return arguments.kw_defaults[arguments.kwonlyargs.index(parameter)]


@dataclass(eq=False)
class Module:
    """A file. `path` is as it is shown to people; `name` is the dotted one."""

    name: str
    path: str
    text: str
    tree: ast.Module
    is_package: bool = False
    functions: list[Function] = field(default_factory=list)
    classes: list[Class] = field(default_factory=list)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """What runs when it is imported, not in the functions and classes inside of it."""
        return _of_body(self.tree.body)


def parse_module(name: str, path: str, text: str, *, is_package: bool = False) -> Module:
    """A module from its text. Raises SyntaxError, ValueError or RecursionError for what is no Python."""
    module = Module(name, path, text, ast.parse(text), is_package)
    _collect(module, module.tree.body, name, None, None)
    return module


def _collect(module: Module, body: list[ast.stmt], prefix: str, owner: Class | None, parent: Function | None) -> None:
    for node in own_statements(body):
        if isinstance(node, FunctionNode):
            function = Function(f"{prefix}.{node.name}", node, module, owner, parent)
            module.functions.append(function)
            _collect(module, node.body, function.name, None, function)
        elif isinstance(node, ast.ClassDef):
            made = Class(f"{prefix}.{node.name}", node, module, parent)
            module.classes.append(made)
            _collect(module, node.body, made.name, made, parent)


def own_statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a body, those inside `if`, `with`, `try` and loops included; not what functions hold."""
    for node in body:
        yield node
        if isinstance(node, FunctionNode | ast.ClassDef):
            continue
        for name in ("body", "orelse", "finalbody"):
            yield from own_statements(getattr(node, name, []))
        for handler in getattr(node, "handlers", []):
            yield from own_statements(handler.body)
        for case in getattr(node, "cases", []):
            yield from own_statements(case.body)


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Everything that runs when a function's body runs: nested functions, lambdas and classes are left out.

    Of a function, its decorators, defaults and annotations are left out too: they ran when it was defined.
    """
    waiting: list[ast.AST] = list(reversed(node.body)) if isinstance(node, FunctionNode) else [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, FunctionNode | ast.Lambda | ast.ClassDef):
            continue
        yield one
        waiting.extend(reversed(list(ast.iter_child_nodes(one))))


Place = Module | Function | Class


def module_of(place: Place) -> Module:
    """The module that a place is in, or is."""
    return place if isinstance(place, Module) else place.module


def _of_body(body: list[ast.stmt]) -> tuple[ast.AST, ...]:
    return tuple(node for one in body if not isinstance(one, FunctionNode) for node in own_nodes(one))


def nodes_around(place: Place) -> Iterator[ast.AST]:
    """Of a function, what ran when it was defined: its decorators, and what its parameters are declared with."""
    if isinstance(place, Function):
        for part in (place.node.args, *place.node.decorator_list):
            yield from ast.walk(part)
