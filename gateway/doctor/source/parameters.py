"""Parameters of endpoints that are read in another way than Flask reads them. Pure."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gateway.doctor.hit import Hit
from gateway.doctor.source.module import Function
from gateway.doctor.source.names import canonical
from gateway.doctor.source.project import Project
from gateway.doctor.source.roots import Endpoint, endpoints

_ELSEWHERE = frozenset({
    "fastapi.Body", "fastapi.Cookie", "fastapi.Depends", "fastapi.File", "fastapi.Form", "fastapi.Header",
    "fastapi.Path", "fastapi.Security",
})  # fmt: skip
_NUMBERS = frozenset({"builtins.int()", "builtins.float()", "decimal.Decimal()"})


def parameters(project: Project) -> Iterator[Hit]:
    """Numbers and yes-or-no of the query."""
    for endpoint in endpoints(project):
        in_path = set(re.findall(r"\{(\w+)", endpoint.path))
        for parameter in endpoint.function.parameters:
            if parameter.arg in in_path or _comes_from_elsewhere(project, endpoint, parameter):
                continue
            kind = project.annotated(parameter.annotation, endpoint.function)
            name, function = parameter.arg, endpoint.function
            if kind in _NUMBERS:
                what = f'"{name}" of {function.node.name}: `?{name}=abc` and `?{name}=` are 422'
                yield _hit(function, parameter, "query.number", what)
            elif kind == "builtins.bool()":
                what = f'"{name}" of {function.node.name}: `?{name}=0` is false, and Flask\'s bool("0") is true'
                yield _hit(function, parameter, "query.bool", what)


def _comes_from_elsewhere(project: Project, endpoint: Endpoint, parameter: ast.arg) -> bool:
    """Whether it is no parameter of the query: a dependency, a header, part of a body."""
    default = endpoint.function.default_of(parameter)
    said: list[ast.AST] = [one for one in (parameter.annotation, default) if one is not None]
    if parameter.annotation is not None:
        alias = project.expression(parameter.annotation, endpoint.function)
        said += [alias[0]] if alias is not None else []
    for one in said:
        for node in ast.walk(one):
            if isinstance(node, ast.Call):
                # What an alias says was imported where the alias is written: the last word has to do.
                symbol = canonical(project.symbol(node.func, endpoint.function))
                if symbol in _ELSEWHERE or (not symbol and ast.unparse(node.func) in _WORDS):
                    return True
    return False


_WORDS = frozenset(name.rpartition(".")[2] for name in _ELSEWHERE)


def _hit(function: Function, parameter: ast.arg, check: str, what: str) -> Hit:
    return Hit(function.module.path, parameter.lineno, parameter.col_offset + 1, check, what)
