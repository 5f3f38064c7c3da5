"""Python text laid out as the project's own formatter does: ruff, else black, where one of them is at hand."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path


def formatted(text: str, file: Path) -> str:
    """The text with its imports sorted and its lines broken, by the settings that hold where the file will be.

    As it is where neither program is installed, or the settings are refused.
    """
    for step in _steps(str(file.resolve())):
        done = subprocess.run(step, input=text, capture_output=True, text=True, check=False)  # noqa: S603  a formatter, and our own text
        text = done.stdout if done.returncode == 0 and done.stdout else text
    return text


def has_formatter() -> bool:
    """Whether texts are laid out here."""
    return bool(_steps("any.py"))


def _steps(name: str) -> list[list[str]]:
    if ruff := _command("ruff"):
        return [
            [*ruff, "check", "--quiet", "--select", "I", "--fix-only", "--stdin-filename", name, "-"],
            [*ruff, "format", "--quiet", "--stdin-filename", name, "-"],
        ]
    if black := _command("black"):
        return [[*black, "--quiet", "--stdin-filename", name, "-"]]
    return []


def _command(program: str) -> list[str]:
    if importlib.util.find_spec(program) is not None:
        return [sys.executable, "-m", program]
    found = shutil.which(program)
    return [] if found is None else [found]
