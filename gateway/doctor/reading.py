"""The files that the rewrite is made of."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gateway.doctor.source.module import Module, parse_module
from gateway.doctor.source.project import Project

MAX_FILES = 2_000
MAX_BYTES = 2 * 1024 * 1024
_SKIPPED = frozenset({"node_modules", "tests", "test", "migrations", "versions", "venv", "env", "site-packages"})


@dataclass(frozen=True, slots=True)
class Read:
    """The project, and what could not be read: path and reason."""

    project: Project
    unreadable: tuple[tuple[str, str], ...]


def read_project(start: str, root: Path, *, without: frozenset[str] = frozenset()) -> Read:
    """The package or module `start` below `root`, and the single modules of `root` that it imports.

    Tests, migrations and installed packages are left out, and so are the top-level names in `without`: the legacy
    application's.
    """
    root = root.resolve()
    modules: dict[str, Module] = {}
    unreadable: list[tuple[str, str]] = []
    waiting = [start.partition(".")[0]]
    seen: set[str] = set(without)
    while waiting:
        top = waiting.pop(0)
        if top in seen:
            continue
        seen.add(top)
        for path in _files(top, root):
            if len(modules) >= MAX_FILES:
                break
            try:
                module = _read(path, root)
            except (OSError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
                unreadable.append((str(path.relative_to(root)), str(error)))
                continue
            modules[module.name] = module
            if (root / f"{top}.py").is_file():
                waiting.extend(_imported(module))
    return Read(Project(modules.values()), tuple(unreadable))


def read_folder(folder: Path, root: Path) -> Read:
    """Every Python file of a folder below `root`, whatever imports it."""
    modules: list[Module] = []
    unreadable: list[tuple[str, str]] = []
    root, folder = root.resolve(), folder.resolve()
    base = root if folder.is_relative_to(root) else folder.parent
    for path in _below(folder)[:MAX_FILES]:
        try:
            modules.append(_read(path, base))
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
            unreadable.append((str(path.relative_to(base)), str(error)))
    return Read(Project(modules), tuple(unreadable))


def _files(top: str, root: Path) -> list[Path]:
    single = root / f"{top}.py"
    return ([single] if single.is_file() else []) + _below(root / top)


def _below(folder: Path) -> list[Path]:
    def is_wanted(path: Path) -> bool:
        parts = path.relative_to(folder).parts[:-1]
        return not any(part in _SKIPPED or part.startswith(".") for part in parts)

    return sorted(path for path in folder.rglob("*.py") if is_wanted(path) and path.stat().st_size <= MAX_BYTES)


def _read(path: Path, root: Path) -> Module:
    parts = list(path.relative_to(root).with_suffix("").parts)
    is_package = parts[-1] == "__init__"
    name = ".".join(parts[:-1] if is_package and len(parts) > 1 else parts)
    text = path.read_text(encoding="utf-8-sig")
    return parse_module(name, str(path.relative_to(root)), text, is_package=is_package)


def _imported(module: Module) -> Iterator[str]:
    """The top-level names that a module imports."""
    for node in ast.walk(module.tree):
        match node:
            case ast.Import(names=names):
                yield from (name.name.partition(".")[0] for name in names)
            case ast.ImportFrom(module=str(source), level=0):
                yield source.partition(".")[0]
            case _:
                pass
