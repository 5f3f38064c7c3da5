"""The shape of the tree: a test for each source file, small files, a package that does nothing on import."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "gateway").rglob("*.py"))
LIMIT = 300

# Small private parts that no test file of their own folder imports or is named after: what proves them.
TESTED_ELSEWHERE: dict[str, tuple[str, ...]] = {
    # a class of the bridge: asked for through it, as Flask asks
    "tests/unit/backends/bridge/test_answer.py": ("backends/file_wrapper.py", "backends/head.py"),
    "tests/unit/backends/bridge/test_request.py": ("legacy_errors.py",),
    "tests/unit/backends/bridge/test_stream.py": ("backends/outbox.py",),
    # the inside of LocalBackend: started, asked and stopped through it
    "tests/unit/backends/test_local.py": (
        "backends/channel.py",
        "backends/context.py",
        "backends/inline.py",
        "backends/lane.py",
        "backends/lifespan.py",
        "backends/loop_thread.py",
        "backends/pump.py",
        "backends/threaded.py",
    ),
    "tests/unit/backends/test_local_faults.py": ("backends/ending.py",),
    "tests/unit/backends/test_load.py": ("backends/explain.py",),
    "tests/unit/backends/test_upstream.py": (
        "backends/http_connection.py",
        "backends/http_transport.py",
        "backends/upstream_websocket.py",
    ),
    # verbs and their parts: run as typed
    "tests/unit/cli/test_check.py": (
        "cli/checks/bridge.py",
        "cli/checks/examine.py",
        "cli/checks/v2_routes.py",
        "cli/quiet_import.py",
    ),
    "tests/unit/cli/test_doctor.py": (
        "doctor/legacy/application.py",
        "doctor/legacy/examine.py",
        "doctor/legacy/module_state.py",
        "doctor/legacy/patterns.py",
        "doctor/legacy/server.py",
        "doctor/legacy/source.py",
        "doctor/legacy/versions.py",
    ),
    # mistakes planted in files of their own: each check is seen by what it finds there and what it leaves alone
    "tests/unit/doctor/source/test_check.py": (
        "doctor/hit.py",
        "doctor/source/answers.py",
        "doctor/source/application.py",
        "doctor/source/bindings.py",
        "doctor/source/blocking.py",
        "doctor/source/clients.py",
        "doctor/source/loop.py",
        "doctor/source/models.py",
        "doctor/source/names.py",
        "doctor/source/parameters.py",
        "doctor/source/process.py",
        "doctor/source/roots.py",
    ),
    "tests/unit/doctor/test_rewrite.py": (
        "doctor/running/answers.py",
        "doctor/running/hooks.py",
        "doctor/running/observed.py",
        "doctor/running/routes.py",
    ),
    "tests/unit/cli/test_map_verbs.py": (
        "cli/flip.py",
        "cli/rollback.py",
        "cli/routes.py",
        "cli/status.py",
        "cli/who.py",
    ),
    "tests/unit/cli/test_mismatches.py": (
        "cli/evidence/causes.py",
        "cli/evidence/groups.py",
        "cli/evidence/noise.py",
        "cli/evidence/opening.py",
        "judged.py",
    ),
    "tests/unit/evidence/test_opening.py": ("evidence/sql_opening.py",),
    "tests/unit/cli/test_show.py": ("cli/sample/document.py", "evidence/exhibit/curl.py"),
    "tests/unit/cli/test_watch.py": ("cli/watching/watcher.py",),
    "tests/unit/cli/test_program.py": ("cli/options.py",),
    "tests/docs/test_commands.py": ("__main__.py",),
    # the bodies of requests and answers: sent and received
    "tests/unit/console/test_actions.py": ("console/told.py",),
    "tests/unit/console/test_observer.py": ("console/views/reader.py",),
    # from bytes to a map: every part is seen by what it lets through and what it refuses
    "tests/unit/mapfile/test_load.py": ("mapfile/routes.py",),
    "tests/unit/mapfile/test_refusals.py": (
        "mapfile/blame.py",
        "mapfile/block.py",
        "mapfile/compare.py",
        "mapfile/meaning.py",
        "mapfile/salvage.py",
        "mapfile/scalars.py",
        "mapfile/schema.py",
        "mapfile/values.py",
    ),
    "tests/unit/mapfile/test_hostile.py": ("mapfile/source.py", "mapfile/yaml.py"),
    "tests/unit/mapfile/test_flip.py": ("mapfile/splice.py",),
    # the hooks that are chosen run there, in Flask's order
    "tests/unit/compat/test_hooks.py": ("compat/around.py",),
    # how the lane asks and is told: seen in what it counts and hands on
    "tests/unit/proxy/test_shadow.py": ("proxy/examiner.py",),
    # how each store does it: all are held to one contract
    "tests/contract/test_evidence_contract.py": (
        "evidence/memory_history.py",
        "evidence/sql_groups.py",
        "evidence/sql_history.py",
    ),
    # pages are asked for, and answered, over HTTP
    "tests/unit/console/pages/test_router.py": ("console/pages/page_route.py", "console/pages/pages.py"),
    # a process's life takes processes
    "tests/e2e/test_lifecycle.py": ("server/process.py", "server/serve.py"),
    "tests/e2e/test_workers.py": ("server/supervisor.py", "server/worker.py"),
    # shapes without behaviour: those who pass them and those who take them agree
    "tests/unit/telemetry/test_telemetry.py": ("proxy/record.py", "telemetry/served.py"),
}

# Above the limit; each with its reason.
LONG: dict[str, str] = {}


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


def imported(file: Path) -> set[str]:
    """Every module that a file imports, anywhere in it; `from a import b` may mean `a.b`."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=modules):
                names |= {module.name for module in modules}
            case ast.ImportFrom(module=str(module), names=parts):
                names |= {module, *(f"{module}.{part.name}" for part in parts)}
    return names


@cache
def files_of(folder: Path) -> dict[str, set[str]]:
    """The tests of a folder and the folders in it, and their helpers, by name, with what they import."""
    return {file.stem: imported(file) for file in folder.rglob("*.py")}


def has_its_test(source: Path) -> bool:
    """Whether the mirrored folder has a test file that carries the source's name or imports it."""
    inside = source.relative_to(ROOT / "gateway").with_suffix("")
    module = ".".join(("gateway", *inside.parts))
    return any(
        file == f"test_{source.stem}" or file.startswith(f"test_{source.stem}_") or module in names
        for file, names in files_of(ROOT / "tests/unit" / inside.parent).items()
    )


@pytest.mark.parametrize("source", [file for file in SOURCES if file.name != "__init__.py"], ids=name_of)
def test_a_source_file_is_tested(source: Path) -> None:
    elsewhere = {f"gateway/{name}" for names in TESTED_ELSEWHERE.values() for name in names}
    assert has_its_test(source) or name_of(source) in elsewhere, "no test beside it, and none named in TESTED_ELSEWHERE"


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_a_source_file_is_short(source: Path) -> None:
    lines = len(source.read_text(encoding="utf-8").splitlines())
    assert lines <= LIMIT or name_of(source) in LONG, f"{lines} lines: is it still one noun?"


def test_every_exception_is_still_needed() -> None:
    for test, names in TESTED_ELSEWHERE.items():
        assert (ROOT / test).exists(), test
        for name in names:
            source = ROOT / "gateway" / name
            assert source.exists(), name
            assert not has_its_test(source), f"{name} has a test beside it now"
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
        assert not {name.partition(".")[0] for name in imported(file)} & {"legacy", "v2"}, file


def test_no_test_asks_through_a_client_that_is_deprecated() -> None:
    """Trap 8: Starlette's own client; httpx asks the same, and a socket asks more."""
    for file in (ROOT / "tests").rglob("*.py"):
        assert not {"starlette.testclient", "fastapi.testclient"} & imported(file), file
