"""The application's own source: which files it is made of, and what every pattern finds in them."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from gateway.backends.explain import is_own_code
from gateway.doctor.finding import Finding, warning
from gateway.doctor.legacy import patterns

MAX_FILES = 5_000
MAX_BYTES = 2 * 1024 * 1024
_SKIPPED = frozenset({"node_modules", "tests", "test", "migrations", "venv", "env", "site-packages"})


def files_of(module: str, root: Path) -> list[Path]:
    """The Python files of the package that `module` is in, and those below `root` that are loaded.

    Tests, migrations and installed packages are left out.
    """
    top = module.partition(".")[0]
    found = dict.fromkeys(_package_files(top, root))
    for name, loaded in list(sys.modules.items()):
        file = getattr(loaded, "__file__", None)
        if not file or not file.endswith(".py") or not is_own_code(file):
            continue
        path = Path(file).resolve()
        below = path.is_relative_to(root) and not _is_skipped(path.relative_to(root))
        if below or name.partition(".")[0] == top:
            found[path] = None
    return sorted(found)[:MAX_FILES]


def would_run(module: str, root: Path) -> bool:
    """Whether importing `module` would start a server and never come back; it is looked at, not imported."""
    path = root.joinpath(*module.split("."))
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        try:
            return any(patterns.runs_at_import(ast.parse(file.read_bytes())))
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return False


def check_source(files: Iterable[Path], root: Path) -> Iterator[Finding]:
    """What the patterns find in the files, in file order."""
    for path in files:
        name = str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
        try:
            if path.stat().st_size > MAX_BYTES:
                continue
            tree = ast.parse(path.read_bytes())
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            yield warning("source.unreadable", f"cannot be parsed: {error}", "correct it", name)
            continue
        for line, found in patterns.search(tree):
            yield Finding(found.severity, found.code, found.what, found.fix, f"{name}:{line}")


def _package_files(top: str, root: Path) -> Iterator[Path]:
    if (root / f"{top}.py").is_file():
        yield (root / f"{top}.py").resolve()
    for path in (root / top).rglob("*.py"):
        if not _is_skipped(path.relative_to(root)):
            yield path.resolve()


def _is_skipped(relative: Path) -> bool:
    return any(part in _SKIPPED or part.startswith(".") for part in relative.parts[:-1])
