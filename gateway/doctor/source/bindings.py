"""What a name is bound to in a module, a function or a class: an import, an expression, an annotation. Pure."""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from gateway.doctor.source.module import Class, Function, Module, own_statements

Kind = Literal["import", "function", "class", "value", "entered", "annotated", "self", "unknown"]


@dataclass(frozen=True, slots=True)
class Binding:
    """One way in which a name gets its meaning. `node` is what says it; of an import, `target` is the dotted name."""

    kind: Kind
    node: ast.AST | None = None
    target: str = ""


Bindings = dict[str, list[Binding]]


def bindings_of(place: Module | Function | Class) -> Bindings:
    """Every name that the place itself binds."""
    found: Bindings = defaultdict(list)
    match place:
        case Module():
            statements, module, prefix = list(own_statements(place.tree.body)), place, place.name
        case Function():
            statements, module, prefix = list(own_statements(place.node.body)), place.module, place.name
            _parameters(place, found)
        case Class():
            statements, module, prefix = list(own_statements(place.node.body)), place.module, place.name
    for statement in statements:
        _statement(statement, module, prefix, found)
    if isinstance(place, Function):
        for node in place.nodes:
            if isinstance(node, ast.NamedExpr):
                found[node.target.id].append(Binding("value", node.value))
            elif isinstance(node, ast.comprehension):
                _unknown(node.target, found)
    return found


def _parameters(function: Function, found: Bindings) -> None:
    parameters = function.parameters
    if function.owner is not None and parameters and "staticmethod" not in marks_of(function):
        me = function.owner.name + ("" if "classmethod" in marks_of(function) else "()")
        found[parameters.pop(0).arg].append(Binding("self", target=me))
    for parameter in parameters:
        default = function.default_of(parameter)
        if parameter.annotation is not None:
            found[parameter.arg].append(Binding("annotated", parameter.annotation))
        elif isinstance(default, ast.Call):
            found[parameter.arg].append(Binding("value", default))
        else:
            found[parameter.arg].append(Binding("unknown"))
    for rest in (function.node.args.vararg, function.node.args.kwarg):
        if rest is not None:
            found[rest.arg].append(Binding("unknown"))


def marks_of(function: Function) -> set[str]:
    """The last words of its decorators: `property`, `staticmethod`, `cache`."""
    found = set()
    for mark in function.node.decorator_list:
        called = mark.func if isinstance(mark, ast.Call) else mark
        found.add(called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", ""))
    return found


def _statement(  # noqa: C901, PLR0912  one case for each kind of statement
    node: ast.stmt, module: Module, prefix: str, found: Bindings
) -> None:
    match node:
        case ast.Import(names=names):
            for name in names:
                target = name.name if name.asname else name.name.partition(".")[0]
                found[name.asname or target].append(Binding("import", target=target))
        case ast.ImportFrom(module=source, names=names, level=level):
            origin = absolute(module, source or "", level)
            for name in names:
                found[name.asname or name.name].append(Binding("import", target=f"{origin}.{name.name}"))
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            found[name].append(Binding("function", node, f"{prefix}.{name}"))
        case ast.ClassDef(name=name):
            found[name].append(Binding("class", node, f"{prefix}.{name}"))
        case ast.Assign(targets=targets, value=assigned_value):
            for one in targets:
                _assigned(one, assigned_value, found)
        case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=assigned):
            found[name].append(Binding("annotated", annotation))
            if assigned is not None:
                found[name].append(Binding("value", assigned))
        case ast.With(items=items) | ast.AsyncWith(items=items):
            for item in items:
                if isinstance(item.optional_vars, ast.Name):
                    found[item.optional_vars.id].append(Binding("entered", item.context_expr))
                elif item.optional_vars is not None:
                    _unknown(item.optional_vars, found)
        case ast.For(target=target) | ast.AsyncFor(target=target):
            _unknown(target, found)
        case _:
            pass


def _assigned(target: ast.expr, value: ast.expr, found: Bindings) -> None:
    if isinstance(target, ast.Name):
        found[target.id].append(Binding("value", value))
    elif isinstance(target, ast.Tuple | ast.List):
        if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts):
            for one, its in zip(target.elts, value.elts, strict=True):
                _assigned(one, its, found)
        else:
            _unknown(target, found)


def _unknown(target: ast.AST, found: Bindings) -> None:
    for node in ast.walk(target):
        if isinstance(node, ast.Name):
            found[node.id].append(Binding("unknown"))


def absolute(module: Module, source: str, level: int) -> str:
    """The dotted name that `from ..source import` means in a module."""
    if not level:
        return source
    parts = module.name.split(".")
    kept = parts[: len(parts) - level + (1 if module.is_package else 0)]
    return ".".join([*kept, *([source] if source else [])])


def self_values(owner: Class, attribute: str, methods: list[Function]) -> list[tuple[Function, Binding]]:
    """What the methods of a class bind `self.attribute` to."""
    found = []
    for method in methods:
        if method.owner is not owner or not method.parameters:
            continue
        me = method.parameters[0].arg
        for node in method.nodes:
            match node:
                case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=name), attr=attr)], value=value):
                    kind: Kind = "value"
                case ast.AnnAssign(target=ast.Attribute(value=ast.Name(id=name), attr=attr), annotation=value):
                    kind = "annotated"
                case _:
                    continue
            if name == me and attr == attribute:
                found.append((method, Binding(kind, value)))
    return found
