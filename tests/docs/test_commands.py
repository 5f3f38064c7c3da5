"""Every command that the documentation shows exists, with the options that it shows."""

from __future__ import annotations

import re
import shlex
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.program import program

MAKE_TARGET = re.compile(r"(?m)^([a-z]+):.*## ")


@cache
def help_of(*verb: str) -> str:
    """What `gateway VERB --help` prints."""
    env = {"COLUMNS": "200", "NO_COLOR": "1"}
    answer = CliRunner().invoke(program(), [*verb, "--help"], env=env, prog_name="gateway")
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def test_the_command_exists(command: str, root: Path) -> None:
    words = shlex.split(command)
    while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
        words.pop(0)
    match [word.removeprefix(".venv/bin/") for word in words]:
        case ["make", *targets]:
            known = set(MAKE_TARGET.findall((root / "Makefile").read_text(encoding="utf-8")))
            assert {target for target in targets if "=" not in target} <= known
        case ["gateway", verb, *arguments] if not verb.startswith("-"):
            shown = help_of(verb)
            for option in (argument for argument in arguments if argument.startswith("--")):
                assert re.search(rf"{re.escape(option.partition('=')[0])}\b", shown), f"{option} of gateway {verb}"
        case ["gateway", *options]:
            assert all(option in help_of() for option in options)


@pytest.mark.parametrize(
    "verb",
    [
        "doctor",
        "init",
        "check",
        "serve",
        "routes",
        "scaffold",
        "flip",
        "rollback",
        "force",
        "watch",
        "mismatches",
        "show",
        "excuse",
        "gate",
        "replay",
        "status",
        "audit",
    ],
)
def test_every_verb_says_what_it_does(verb: str) -> None:
    assert f" {verb} " in help_of()
