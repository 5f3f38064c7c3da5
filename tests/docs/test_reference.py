"""What users can meet is in the reference: errors, settings, environment variables, words, floors."""

from __future__ import annotations

import ast
import pkgutil
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from gateway.errors import GatewayError
from gateway.settings import Settings

SETTING = re.compile(r"\bGATEWAY_[A-Z][A-Z_]*[A-Z]\b")


def errors(root: type[GatewayError] = GatewayError) -> Iterator[type[GatewayError]]:
    """The error tree of gateway/errors.py, flat."""
    if root.__module__ == "gateway.errors":
        yield root
    for child in root.__subclasses__():
        yield from errors(child)


def table(page: Path, heading: str) -> list[list[str]]:
    """The rows of the tables of a page whose first column is `heading`."""
    rows: list[list[str]] = []
    inside = False
    for line in page.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            inside = False
        elif cells[0] == heading:
            inside = True
        elif inside and not set(line) <= set("|- :"):
            rows.append(cells)
    return rows


def test_every_error_code_is_in_the_reference_and_no_other(root: Path) -> None:
    documented = {row[0].strip("`"): row[2] for row in table(root / "docs/errors.md", "code")}
    assert set(documented) == {error.code for error in errors()}


def test_exit_codes_and_statuses_are_those_of_the_code(root: Path) -> None:
    documented = {row[0].strip("`"): row[2] for row in table(root / "docs/errors.md", "code")}
    for error in errors():
        if isinstance(status := getattr(error, "status", None), int):
            assert documented[error.code].startswith(str(status)), error.code
        elif re.fullmatch(r"\d+", documented[error.code]):
            assert documented[error.code] == str(error.exit_code), error.code


@cache
def setting_names(root: Path) -> set[str]:
    """Every variable with the prefix: those of the settings, and those that the code names."""
    code = "\n".join(file.read_text(encoding="utf-8") for file in (root / "gateway").rglob("*.py"))
    return {f"GATEWAY_{name.upper()}" for name in Settings.model_fields} | set(SETTING.findall(code))


def test_every_setting_is_in_the_reference(root: Path) -> None:
    text = (root / "docs/settings.md").read_text(encoding="utf-8")
    assert {name for name in setting_names(root) if f"`{name}`" not in text} == set()


def test_no_page_names_a_setting_that_does_not_exist(page: Path, root: Path) -> None:
    named = set(SETTING.findall(page.read_text(encoding="utf-8")))
    assert named - setting_names(root) - {"GATEWAY_TEST_REQUIRE_SERVICES"} == set()


def environment_names(file: Path) -> set[str]:
    """The variables that a file reads by name from `os.environ`; a bare `environ` may be WSGI's."""
    names: set[str] = set()
    text = file.read_text(encoding="utf-8")
    if "environ" not in text and "getenv" not in text:
        return names
    for node in ast.walk(ast.parse(text)):
        match node:
            case (
                ast.Subscript(value=ast.Attribute(attr="environ"), slice=ast.Constant(value=str(name)))
                | ast.Call(
                    func=ast.Attribute(value=ast.Attribute(attr="environ"), attr="get"),
                    args=[ast.Constant(value=str(name)), *_],
                )
                | ast.Call(func=ast.Attribute(attr="getenv"), args=[ast.Constant(value=str(name)), *_])
            ):
                names.add(name)
    return names


def test_every_environment_variable_is_on_some_page(root: Path) -> None:
    read = {
        name
        for folder in ("gateway", "legacy", "v2")
        for file in (root / folder).rglob("*.py")
        for name in environment_names(file)
    }
    text = "\n".join(
        page.read_text(encoding="utf-8")
        for folder in ("docs", "legacy", "v2")
        for page in (root / folder).rglob("*.md")
    )
    assert {name for name in read if not re.search(rf"`{name}[`=]", text)} == set()


def test_every_word_of_the_glossary_is_where_it_says(root: Path) -> None:
    rows = [row for row in table(root / "docs/glossary.md", "word") if len(row) == 4]
    assert rows
    for word, *_, place in rows:
        try:
            pkgutil.resolve_name(place.strip("`"))
        except (ImportError, AttributeError) as error:
            raise AssertionError(f"{word}: {place} is not in the code") from error


def test_the_floors_are_those_that_are_checked(root: Path) -> None:
    text = (root / "docs/architecture.md").read_text(encoding="utf-8")
    drawn = re.search(r"(?ms)^```text\n(__main__\n.*?)^```$", text)
    assert drawn
    contracts = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (floors,) = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
    assert drawn[1].splitlines() == floors
