"""What stops the event loop: blocking calls in `async def`, also through the project's own plain functions. Pure."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.doctor.hit import Hit
from gateway.doctor.source.blocking import FILE, Family, blocking
from gateway.doctor.source.module import Function
from gateway.doctor.source.names import canonical
from gateway.doctor.source.project import Project
from gateway.doctor.source.roots import calls


@dataclass(frozen=True, slots=True)
class _Blocked:
    """Where a plain function blocks, and through which others."""

    family: Family
    symbol: str
    where: str
    through: tuple[str, ...] = ()


def blocked_loops(project: Project) -> Iterator[Hit]:
    """Every call in `async def` that blocks; what runs before the first request (a lifespan) is left out."""
    known: dict[str, _Blocked | None] = {}
    starting = set(_lifespans(project))
    for function in project.functions.values():
        if not function.is_async or function.name in starting:
            continue
        for node, family, symbol in _blocking_calls(project, function):
            what = f"{_shown(symbol)} {_DOES[family.check]} in `async def {function.node.name}`"
            yield _hit(function, node, family.check, f"{what}; instead: {family.instead}")
        for node, target in calls(project, function):
            if not target.is_async and (found := _inside(project, target, known)) is not None:
                path = " > ".join((target.node.name, *found.through))
                what = f"`async def {function.node.name}` calls {path}, where {_shown(found.symbol)} ({found.where})"
                yield _hit(function, node, found.family.check, f"{what} {_DOES[found.family.check]}")


_DOES = {
    "async.blocking-call": "waits on the event loop",
    "async.blocking-file": "waits for a file on the event loop",
    "async.cpu": "computes on the event loop",
}


def _inside(project: Project, function: Function, known: dict[str, _Blocked | None]) -> _Blocked | None:
    """The first thing that blocks when a plain function is called; None when nothing is seen to."""
    if function.name in known:
        return known[function.name]
    known[function.name] = None  # circles end here
    once = _runs_once(project, function)
    for node, family, symbol in _blocking_calls(project, function):
        if once and family.check == FILE:
            continue
        known[function.name] = _Blocked(family, symbol, f"{function.module.path}:{node.lineno}")
        return known[function.name]
    for _, target in calls(project, function):
        if not target.is_async and (found := _inside(project, target, known)) is not None:
            through = (target.node.name, *found.through)
            known[function.name] = _Blocked(found.family, found.symbol, found.where, through)
            break
    return known[function.name]


def _runs_once(project: Project, function: Function) -> bool:
    """Whether its answer is remembered, so that a process waits for its file a single time."""
    marks = (one.func if isinstance(one, ast.Call) else one for one in function.node.decorator_list)
    names = {project.symbol(mark, function.module) for mark in marks}
    return not function.parameters and not names.isdisjoint({"functools.cache", "functools.lru_cache"})


def _blocking_calls(project: Project, function: Function) -> Iterator[tuple[ast.Call, Family, str]]:
    awaited: set[int] = set()
    for node in function.nodes:
        if isinstance(node, ast.Await):
            awaited.add(id(node.value))
        if isinstance(node, ast.Call) and id(node) not in awaited:
            symbol = canonical(project.symbol(node.func, function))
            family = blocking(symbol) if symbol else None
            if family is not None:
                yield node, family, symbol


def _lifespans(project: Project) -> Iterator[str]:
    """What is handed to `FastAPI(lifespan=...)`, and what it is decorated with."""
    for place in project.places:
        for node in place.nodes:
            if isinstance(node, ast.Call):
                yield from (project.symbol(one.value, place) for one in node.keywords if one.arg == "lifespan")
    for function in project.functions.values():
        for mark in function.node.decorator_list:
            if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Attribute) and mark.func.attr == "on_event":
                yield function.name


def _shown(symbol: str) -> str:
    return f"{symbol}()"


def _hit(function: Function, node: ast.expr, check: str, what: str) -> Hit:
    return Hit(function.module.path, node.lineno, node.col_offset + 1, check, what)
