"""The documentation as the tests read it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.promql import alerts

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Fence:
    """A block of code in a page: its language, its text, and the line it starts on."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def pages() -> list[Path]:
    """README, CONTRIBUTING, CHANGELOG, everything in docs/, and the folders' own READMEs."""
    folders = [
        path for name in ("docs", "gateway", "legacy", "v2", "deploy", "tests") for path in (ROOT / name).rglob("*.md")
    ]
    return sorted([*ROOT.glob("*.md"), *folders])


def fences(*languages: str) -> list[Fence]:
    """Every block of code in one of the languages."""
    return [
        Fence(page, page.read_text(encoding="utf-8")[: match.start()].count("\n") + 1, match[1], match[2])
        for page in pages()
        for match in re.finditer(r"(?ms)^```(\w+)\n(.*?)^```$", page.read_text(encoding="utf-8"))
        if match[1] in languages
    ]


def runbook_commands() -> list[tuple[str, str]]:
    """(alert, command) for each `gateway ...` that an alert tells somebody to type."""
    texts = [(rule["alert"], re.sub(r"\{\{[^}]*\}\}", "ROUTE", rule["annotations"]["runbook"])) for rule in alerts()]
    return [(name, command) for name, text in texts for command in re.findall(r"`(gateway [^`]+)`", text)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`page`, `yaml_fence` and `command` run a test once for each of them."""
    names = metafunc.fixturenames
    if "page" in names:
        metafunc.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
    if "yaml_fence" in names:
        found = fences("yaml", "yml")
        metafunc.parametrize("yaml_fence", [fence.text for fence in found], ids=map(str, found))
    if "command" in names:
        lines = [
            (str(fence), line.split("#")[0].strip())
            for fence in fences("sh", "bash", "console")
            for line in re.sub(r"\\\n\s*", "", fence.text).splitlines()
        ]
        lines += runbook_commands()
        unique = {line: where for where, line in lines if line}
        metafunc.parametrize("command", unique, ids=[f"{where} {line}" for line, where in unique.items()])


@pytest.fixture
def root() -> Path:
    """The project's folder."""
    return ROOT
