"""What every verb has in common: errors in sentences, exit codes, no colour where it is not wanted."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from gateway.cli.program import program
from tests.support.terminal import on_a_terminal

READING = [["check"], ["routes"], ["status"], ["doctor", "shop:create_app()"]]
Run = Callable[..., Any]


def verbs() -> dict[str, Any]:
    return dict(get_command(program()).commands)  # type: ignore[attr-defined]  # a group, since there are verbs


def test_help_is_printed_without_a_verb():
    answer = CliRunner().invoke(program(), [])
    assert answer.exit_code == 2
    assert "rollback" in answer.output


def test_every_verb_explains_itself():
    for name in verbs():
        answer = CliRunner().invoke(program(), [name, "--help"])
        assert answer.exit_code == 0
        assert f"Usage: gateway {name}" in answer.output.replace("root", "gateway")


def test_every_verb_takes_the_map_by_the_same_option():
    for name, verb in verbs().items():
        options = {option for parameter in verb.params for option in parameter.opts}
        assert "--map" in options, name


def test_every_reading_verb_has_json():
    for name in (*(words[0] for words in READING), "mismatches", "show", "gate", "replay", "watch"):
        assert "--json" in {option for parameter in verbs()[name].params for option in parameter.opts}


@pytest.mark.parametrize("words", READING, ids=lambda words: words[0])
def test_json_is_one_document_on_stdout(project: Path, gateway: Run, words: list[str]):
    assert isinstance(gateway(*words, "--json").json, dict)


@pytest.mark.parametrize("words", READING, ids=lambda words: words[0])
def test_a_pipe_gets_no_ansi(project: Path, gateway_process: Run, words: list[str]):
    ran = gateway_process(*words)
    assert "\x1b" not in ran.out + ran.err


def test_a_terminal_gets_colour_unless_no_color_is_set(project: Path):
    assert "\x1b[" in on_a_terminal(project, "routes")[1]
    plain = on_a_terminal(project, "routes", NO_COLOR="1")[1]
    assert "\x1b[3" not in plain  # no colour; bold and dim are no colours
    assert "employees.get" in plain


def test_the_version_is_that_of_the_distribution(gateway_process: Run):
    ran = gateway_process("--version")
    assert ran.code == 0
    assert ran.out.startswith("gateway")


@pytest.mark.parametrize(
    "words",
    [
        ["nosuchverb"],
        ["routes", "--nosuchoption"],
        ["flip"],
        ["flip", "index", "sideways"],
        ["flip", "index", "canary", "--percent", "101"],
        ["flip", "index", "v2", "--percent", "5"],
        ["flip", "index", "canary", "--percent", "5", "--sticky", "moon"],
        ["flip", "index", "v2", "--force"],
        ["flip", "nosuchroute", "v2"],
        ["flip", "employees.get", "canary"],
        ["flip", "index", "v2", "--revision", "000000000000"],
        ["rollback", "nosuchroute"],
        ["rollback"],
        ["mismatches", "--limit", "0"],
        ["excuse", "index", "$.a"],
        ["gate", "nosuchroute"],
        ["replay"],
        ["serve", "--port", "65536"],
        ["serve", "--workers", "0"],
        ["serve", "--log-format", "xml"],
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_2_and_changes_nothing(project: Path, gateway: Run, words: list[str]):
    before = (project / "migration_map.yaml").read_bytes()
    ran = gateway(*words)
    assert ran.code == 2, ran
    assert "Traceback" not in ran.err
    assert ran.err.strip()
    assert (project / "migration_map.yaml").read_bytes() == before


@pytest.mark.parametrize(
    "words",
    [["check"], ["routes"], ["status"], ["flip", "index", "v2"], ["rollback", "index"], ["serve"]],
    ids=" ".join,
)
def test_an_invalid_map_exits_2_with_the_line_and_a_caret(project: Path, gateway: Run, words: list[str]):
    """case 134"""
    path = project / "migration_map.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("mode: shadow", "mode: shado"), encoding="utf-8")
    ran = gateway(*words)
    assert ran.code == 2, ran
    lines = ran.err.splitlines()
    assert lines[0].startswith("migration_map.yaml:19:11: ")
    assert lines[1].strip() == "mode: shado"
    assert lines[2].index("^") == lines[1].index("shado")
    assert "Traceback" not in ran.err


def test_a_missing_map_says_what_to_do(tmp_path: Path, gateway: Run):
    ran = gateway("routes")
    assert ran.code == 2
    assert "gateway init" in ran.err


def test_the_map_is_named_by_the_option_before_the_variable(project: Path, gateway: Run):
    (project / "migration_map.yaml").rename(project / "elsewhere.yaml")
    assert gateway("routes", "--map", "elsewhere.yaml", env={"GATEWAY_MAP": "nowhere.yaml"}).code == 0
    assert gateway("routes", env={"GATEWAY_MAP": "elsewhere.yaml"}).code == 0
    assert gateway("routes", env={"GATEWAY_MAP": "nowhere.yaml"}).code == 2


def test_debug_shows_the_traceback_of_an_expected_error(tmp_path: Path, gateway_process: Run):
    assert "Traceback" in gateway_process("--debug", "routes").err
    assert "Traceback" in gateway_process("routes", env={"GATEWAY_DEBUG": "1"}).err
    assert "Traceback" not in gateway_process("routes").err


def test_the_ids_of_the_map_are_completed_in_the_shell(project: Path, gateway_process: Run):
    env = {"_GATEWAY_COMPLETE": "complete_bash", "COMP_WORDS": "gateway flip emp", "COMP_CWORD": "2"}
    assert gateway_process(env=env).out.split() == ["employees.get", "employees.create"]


def test_importing_the_program_imports_neither_framework():
    code = (
        "import sys; import gateway.__main__; "
        "print([name for name in ('flask', 'fastapi', 'pydantic', 'rich', 'ruamel.yaml') if name in sys.modules])"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
