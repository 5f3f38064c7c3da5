"""`gateway scaffold`, as it is typed: what it writes, where, and what it refuses."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.evidence import Evidence, answer
from tests.unit.cli.conftest import environment

Run = Callable[..., Any]
WRITTEN = "from typing import Any\n\n\nclass Words:\n"


def test_a_route_is_written_to_standard_output(project: Path, gateway: Run):
    ran = gateway("scaffold", "employees.get")
    assert ran.code == 0
    assert '@router.get("/employee/{id}")' in ran.out
    assert 'raise HTTPException(501, "employees.get is not written yet: see shop.py:' in ran.out
    ast.parse(ran.out)


def test_all_routes_and_their_test_are_written_to_files(project: Path, gateway: Run):
    ran = gateway("scaffold", "--all", "-o", "new/routes.py", "--tests", "tests/test_routes.py")
    assert ran.code == 0
    module = (project / "new/routes.py").read_text(encoding="utf-8")
    assert module.count("is not written yet") == 4
    assert "from new.routes import router" in (project / "tests/test_routes.py").read_text(encoding="utf-8")
    assert "new/routes.py: 4 functions" in ran.out
    assert "python -m pytest tests/test_routes.py" in ran.out


def test_settings_are_read_before_the_application_can_go_elsewhere(project: Path, gateway: Run):
    (project / "elsewhere").mkdir()
    shop = (project / "shop.py").read_text(encoding="utf-8")
    (project / "shop.py").write_text(f"import os\nos.chdir('elsewhere')\n{shop}", encoding="utf-8")
    (project / "token").write_text("t" * 40, encoding="utf-8")
    ran = gateway("scaffold", "employees.get", "-o", "stubs.py", env={"GATEWAY_TOKEN_FILE": "token"})
    assert ran.code == 0, ran
    assert (project / "stubs.py").exists()


def test_a_file_that_people_wrote_is_never_overwritten_unasked(project: Path, gateway: Run):
    (project / "routes.py").write_text(WRITTEN, encoding="utf-8")
    (project / "test_routes.py").write_text(WRITTEN, encoding="utf-8")
    assert gateway("scaffold", "--all", "-o", "routes.py").code == 2
    refused = gateway("scaffold", "--all", "-o", "other.py", "--tests", "test_routes.py")
    assert refused.code == 2
    assert "test_routes.py exists" in refused.err
    assert not (project / "other.py").exists()
    assert (project / "routes.py").read_text(encoding="utf-8") == WRITTEN
    assert gateway("scaffold", "--all", "-o", "routes.py", "--force").code == 0
    assert (project / "routes.py").read_text(encoding="utf-8") != WRITTEN


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "name routes, or --all"),
        (["employees.get", "--all"], "name routes, or --all"),
        (["employees.get", "--tests", "test_a.py"], "--tests needs --output"),
        (["employees.get", "-o", "my-routes.py", "--tests", "test_a.py"], "cannot be imported as my-routes"),
    ],
    ids=["nothing", "both", "tests-alone", "no-module"],
)
def test_wrong_usage_is_exit_code_2_with_a_sentence(project: Path, gateway: Run, arguments: list[str], said: str):
    ran = gateway("scaffold", *arguments)
    assert ran.code == 2
    assert said in " ".join(ran.err.replace("│", " ").split())


def test_an_unknown_route_names_the_one_that_was_meant(project: Path, gateway: Run):
    ran = gateway("scaffold", "employee.get")
    assert ran.code == 2
    assert "did you mean employees.get" in ran.err


def test_a_legacy_that_cannot_be_imported_is_exit_code_3(project: Path, gateway: Run):
    (project / "shop.py").write_text("import nothing_like_it\n", encoding="utf-8")
    ran = gateway("scaffold", "employees.get", "-o", "routes.py")
    assert ran.code == 3
    assert "nothing_like_it" in ran.err
    assert not (project / "routes.py").exists()


def test_what_was_not_understood_is_a_warning_with_its_place(project: Path, gateway: Run):
    source = (project / "shop.py").read_text(encoding="utf-8")
    guarded = source.replace("def get(id):", "@keys_only\ndef get(id):").replace(
        "@employees.get", "def keys_only(function):\n    return function\n\n@employees.get"
    )
    (project / "shop.py").write_text(guarded, encoding="utf-8")
    ran = gateway("scaffold", "employees.get")
    assert ran.code == 0
    line = next(number for number, text in enumerate(guarded.splitlines(), 1) if text.startswith("def get"))
    assert f"warning: shop.py:{line}: employees.get: it is wrapped in @keys_only: do here what that does" in ran.err
    assert "# Not understood: it is wrapped in @keys_only" in ran.out


def test_models_are_made_of_what_a_running_gateway_saw(project: Path, gateway: Run):
    evidence = Evidence(project / "migration_map.yaml")
    for number, body in enumerate([{"id": 1, "by": None}, {"id": 2}]):
        evidence.saw("employees.get", answer(body), answer({}, 404), path=f"/employee/{number}")
    evidence.write()
    ran = gateway("scaffold", "employees.get", "-o", "routes.py", "--tests", "test_routes.py")
    assert ran.code == 0
    module = (project / "routes.py").read_text(encoding="utf-8")
    assert "    id: int\n    by: Any = None\n" in module
    assert "response_model_exclude_unset=True" in module
    tests = (project / "test_routes.py").read_text(encoding="utf-8")
    assert '("GET", "/employee/0"),  # employees.get' in tests
    assert '("GET", "/employee/1"),  # employees.get' in tests


def test_recorded_requests_are_asked_again_and_a_har_is_read(project: Path, gateway: Run):
    (project / "asked.jsonl").write_text('{"path": "/employee/7"}\n', encoding="utf-8")
    ran = gateway("scaffold", "employees.get", "--from", "asked.jsonl")
    assert "    by: str\n    id: int\n" in ran.out
    entry = {
        "request": {"method": "GET", "url": "http://shop.test/employee/7", "headers": []},
        "response": {"status": 200, "content": {"mimeType": "application/json", "text": '{"id": 1.5}'}},
    }
    (project / "asked.har").write_text(json.dumps({"log": {"entries": [entry]}}), encoding="utf-8")
    ran = gateway("scaffold", "employees.get", "--from", "asked.har")
    assert "    id: int | float\n" in ran.out


def test_a_recording_that_cannot_be_read_is_exit_code_2(project: Path, gateway: Run):
    (project / "asked.har").write_text("{}", encoding="utf-8")
    assert gateway("scaffold", "employees.get", "--from", "asked.har").code == 2


def test_the_written_test_fails_until_the_body_is_written_and_passes_then(project: Path, gateway: Run):
    """What the documentation says to do, in a project of its own."""
    gateway("scaffold", "employees.get", "-o", "new/routes.py", "--tests", "tests/test_routes.py")

    def tested() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_routes.py"]
        return subprocess.run(
            command, cwd=project, env=environment(), capture_output=True, text=True, timeout=110, check=False
        )

    before = tested()
    assert before.returncode == 1
    assert "GET /employee/1: mismatch" in before.stdout
    file = project / "new/routes.py"
    lines = file.read_text(encoding="utf-8").splitlines()
    (body,) = (number for number, line in enumerate(lines) if "raise HTTPException(501" in line)
    lines[body] = '    return {"id": id, "by": "legacy"}'
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    after = tested()
    assert after.returncode == 0, after.stdout
