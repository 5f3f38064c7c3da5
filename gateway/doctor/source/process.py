"""What of the whole process the rewrite changes: the current directory, which legacy has as well. Pure."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gateway.doctor.hit import Hit
from gateway.doctor.source.module import module_of
from gateway.doctor.source.project import Project

_CHANGES_DIRECTORY = frozenset({"os.chdir", "os.fchdir", "contextlib.chdir"})


def changes_of_directory(project: Project) -> Iterator[Hit]:
    """Every call that changes it, whenever that is: at import, in the lifespan, in a request."""
    for place in project.places:
        for node in place.nodes:
            symbol = project.symbol(node.func, place) if isinstance(node, ast.Call) else ""
            if isinstance(node, ast.Call) and symbol in _CHANGES_DIRECTORY:
                what = f"`{symbol}()` changes the current directory of both applications"
                yield Hit(module_of(place).path, node.lineno, node.col_offset + 1, "process.directory", what)
