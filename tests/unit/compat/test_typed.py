"""Compat is typed: what a user writes with it passes a strict type checker, and common mistakes do not."""

from __future__ import annotations

import ast
import asyncio
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.conftest import fences
from tests.docs.test_reference import table
from tests.support import typed_v2
from tests.support.asgi import ask
from tests.support.stateful import legacy

ROOT = Path(__file__).parents[3]
EXAMPLE = Path(typed_v2.__file__)


def names_imported(text: str) -> set[tuple[str, str]]:
    """(module, name) of what a text imports of compat."""
    return {
        (node.module, alias.name)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gateway.compat.")
        for alias in node.names
        if node.module
    }


def test_the_example_uses_every_name_that_the_page_has() -> None:
    used = names_imported(EXAMPLE.read_text(encoding="utf-8"))
    page = ROOT / "docs" / "compat.md"
    shown = {pair for fence in fences("python") if fence.page == page for pair in names_imported(fence.text)}
    for _, usage, module in (row for row in table(page, "in legacy") if len(row) == 3):
        known = vars(sys.modules[f"gateway.compat.{module.strip('`')}"])
        shown |= {(f"gateway.compat.{module.strip('`')}", name) for name in re.findall(r"\w+", usage) if name in known}
    of_compat = {pair for pair in shown if pair[1] not in {"Annotated", "Any", "Depends"}}
    assert len(of_compat) > 20
    assert of_compat <= used


def test_it_runs() -> None:
    app = legacy.create_app()
    v2 = typed_v2.create_app(app)
    assert (asyncio.run(ask(v2, target="/session", headers=[(b"host", b"staff.test")]))).status == 200
    assert "tests.support.stateful.legacy.hooks.add_headers" in {one.name for one in typed_v2.skips(app, v2)}


@pytest.mark.slow
def test_mypy_strict_passes_it_and_needs_each_ignore_of_a_mistake(tmp_path: Path) -> None:
    """An ignore that is not needed is an error: then a mistake would pass."""
    text = EXAMPLE.read_text(encoding="utf-8")
    assert text.count("# type: ignore") == 4
    (tmp_path / "users_v2.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--follow-imports=silent"]
    done = subprocess.run(
        [*command, f"--cache-dir={ROOT / '.mypy_cache' / 'scaffold'}", "users_v2.py"],
        cwd=tmp_path,
        env={"MYPYPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
