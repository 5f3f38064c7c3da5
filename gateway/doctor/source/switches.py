"""Which compat switches the rewrite names, and for what: what they undo there is no finding. Pure."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from gateway.doctor.checks import catalogue
from gateway.doctor.hit import Hit
from gateway.doctor.source.module import Module
from gateway.doctor.source.project import Project


@dataclass(frozen=True, slots=True)
class Switched:
    """Switches, or areas of them, and what they are named for: these lines of a file; everything, for no path."""

    names: frozenset[str]
    path: str = ""
    lines: range | None = None

    def undoes(self, hit: Hit, switch: str) -> bool:
        """Whether the switch is named for the place of the finding."""
        if self.path and (hit.path != self.path or (self.lines is not None and hit.line not in self.lines)):
            return False
        return not self.names.isdisjoint({switch, switch.partition(".")[0], "all"})


def switches_in(project: Project) -> list[Switched]:
    """The names given to functions of `gateway.compat`.

    A decorator speaks of its function, `install` of every file, any other call of its own file.
    """
    return [one for module in project.modules.values() for one in _of_module(module, project)]


def without_switched(hits: Iterable[Hit], switched: Iterable[Switched]) -> Iterator[Hit]:
    """The findings that no switch makes harmless."""
    checks = catalogue()
    known = list(switched)
    for hit in hits:
        switch = checks[hit.check].switch
        if not switch or not any(one.undoes(hit, switch) for one in known):
            yield hit


def _of_module(module: Module, project: Project) -> Iterator[Switched]:
    if "gateway.compat" not in module.text:
        return
    places = _decorated(module.tree)
    for node in ast.walk(module.tree):
        symbol = project.symbol(node.func, module) if isinstance(node, ast.Call) else ""
        if symbol.startswith("gateway.compat."):
            names = frozenset(_texts(node))
            yield Switched(names) if symbol.endswith(".install") else Switched(names, module.path, places.get(node))


def _decorated(tree: ast.Module) -> Mapping[ast.AST, range]:
    """Every part of a decorator, with the lines of what it decorates."""
    found: dict[ast.AST, range] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.decorator_list:
            lines = range(node.decorator_list[0].lineno, (node.end_lineno or node.lineno) + 1)
            found |= {part: lines for mark in node.decorator_list for part in ast.walk(mark)}
    return found


def _texts(node: ast.AST) -> Iterator[str]:
    for argument in ast.walk(node):
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value
