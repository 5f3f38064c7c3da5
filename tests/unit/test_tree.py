"""The shape of the tree: a test file for each source file, small files, a package that does nothing on import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "gateway").rglob("*.py"))
LIMIT = 300

# Tested by another file than one of their own name.
TESTED_ELSEWHERE = {
    "gateway/__main__.py": "tests/docs/test_commands.py",  # starts the command
    "gateway/server/process.py": "tests/e2e/test_lifecycle.py",  # a process's life takes a process
    "gateway/server/serve.py": "tests/e2e/test_lifecycle.py",  # the same
    "gateway/server/supervisor.py": "tests/e2e/test_workers.py",  # the same
    "gateway/server/worker.py": "tests/e2e/test_workers.py",  # the same
    "gateway/telemetry/served.py": "tests/unit/telemetry/test_telemetry.py",  # a shape without behaviour
    "gateway/routing/route.py": "tests/unit/routing/test_plan.py",  # values without behaviour
}

# Above the limit; each with its reason.
LONG: dict[str, str] = {}


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


@pytest.mark.parametrize("source", [file for file in SOURCES if file.name != "__init__.py"], ids=name_of)
def test_a_source_file_has_its_test_file(source: Path) -> None:
    if name_of(source) in TESTED_ELSEWHERE:
        return
    folder = ROOT / "tests/unit" / source.parent.relative_to(ROOT / "gateway")
    assert [*folder.glob(f"test_{source.stem}.py"), *folder.glob(f"test_{source.stem}_*.py")], (
        f"{folder}/test_{source.stem}.py"
    )


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_a_source_file_is_short(source: Path) -> None:
    lines = len(source.read_text(encoding="utf-8").splitlines())
    assert lines <= LIMIT or name_of(source) in LONG, f"{lines} lines: is it still one noun?"


def test_every_exception_is_still_needed() -> None:
    for name in (*TESTED_ELSEWHERE, *TESTED_ELSEWHERE.values(), *LONG):
        assert (ROOT / name).exists(), name
    for name in LONG:
        assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) > LIMIT, name


def test_importing_does_nothing() -> None:
    """No thread, no child, no line of output, and nothing in the logging tree, after every module was imported."""
    modules = [
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for file in SOURCES
        if file.name != "__main__.py"
    ]
    code = (
        "import importlib, logging, multiprocessing, sys, threading\n"
        "for name in sys.argv[1:]: importlib.import_module(name)\n"
        "assert threading.enumerate() == [threading.main_thread()], threading.enumerate()\n"
        "assert not multiprocessing.active_children()\n"
        "assert not logging.getLogger().handlers\n"
    )
    answer = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *modules],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


def test_no_application_is_imported_by_the_gateway() -> None:
    for file in SOURCES:
        text = file.read_text(encoding="utf-8")
        assert "import legacy" not in text, file
        assert "import v2" not in text, file
