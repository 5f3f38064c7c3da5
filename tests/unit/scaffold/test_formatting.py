"""Texts are laid out as the project's own settings say."""

from __future__ import annotations

from pathlib import Path

from gateway.scaffold.formatting import formatted, has_formatter

TEXT = "import sys\nimport os\ndef f(first_parameter, second_parameter): return os, sys\n"


def test_imports_are_sorted_and_lines_broken_by_the_settings_of_the_folder(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text("[tool.ruff]\nline-length = 30\n", encoding="utf-8")
    assert formatted(TEXT, tmp_path / "v2" / "routes.py") == (
        "import os\nimport sys\n\n\ndef f(\n    first_parameter,\n    second_parameter,\n):\n    return os, sys\n"
    )
    assert "def f(first_parameter, second_parameter):" in formatted(TEXT, tmp_path.parent / "routes.py")


def test_what_is_no_python_stays_as_it_is(tmp_path: Path):
    assert formatted("def f(:\n", tmp_path / "routes.py") == "def f(:\n"


def test_settings_that_are_refused_leave_the_text_as_it_is(tmp_path: Path):
    (tmp_path / "ruff.toml").write_text("line-length = 'long'\n", encoding="utf-8")
    assert formatted(TEXT, tmp_path / "routes.py") == TEXT


def test_here_is_a_formatter():
    assert has_formatter()
