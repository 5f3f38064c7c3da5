"""docs/commands.md has every verb and every option of the program, and no other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from typer.main import get_command

from gateway.cli.program import program
from gateway.errors import GatewayError

PAGE = Path(__file__).resolve().parents[3] / "docs" / "commands.md"


def sections() -> dict[str, tuple[str, str]]:
    """Verb -> what the heading says after it, and the text; `""` is the program itself."""
    parts = re.split(r"(?m)^## `gateway ?(\S*?)( [^`]*)?`$", PAGE.read_text(encoding="utf-8"))[1:]
    return {
        verb: ((arguments or "").strip(), text.split("\n## ")[0])
        for verb, arguments, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    }


def documented(text: str) -> set[str]:
    cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `-")]
    return {option for cell in cells for option in re.findall(r"(?<!\S)`(-[-\w]+)", cell)}


def real(command: Any) -> set[str]:
    return {option for parameter in command.params for option in parameter.opts if option.startswith("-")}


def test_every_verb_has_its_section_and_every_section_its_verb():
    group: Any = get_command(program())
    assert set(sections()) == {"", *group.commands}


def test_every_option_is_documented_and_no_other():
    group: Any = get_command(program())
    for verb, (_, text) in sections().items():
        command = group.commands[verb] if verb else group
        assert documented(text) == real(command), verb


def test_the_headings_show_the_arguments():
    group: Any = get_command(program())
    for verb, (arguments, _) in sections().items():
        command = group.commands[verb] if verb else group
        names = [parameter.metavar for parameter in command.params if parameter.param_type_name == "argument"]
        assert arguments == " ".join(names), verb


def test_every_exit_code_of_an_error_is_explained():
    codes = set(re.findall(r"(?m)^\| (\d+) \|", PAGE.read_text(encoding="utf-8")))
    assert {"0", "1", "2", "3", "130"} == codes
    assert {str(error.exit_code) for error in GatewayError.__subclasses__()} <= codes


def test_the_help_shows_every_verb_in_full():
    from typer.testing import CliRunner  # noqa: PLC0415  beside the test that needs it

    listed = CliRunner().invoke(program(), ["--help"]).output.partition("Commands:")[2]
    assert listed
    assert "..." not in listed
