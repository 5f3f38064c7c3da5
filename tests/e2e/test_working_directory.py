"""An application that changes the current directory takes nothing of the gateway's with it.

At import, in the factory, in v2's lifespan or in a request: the map, the kill switch, the evidence and the tokens stay
where they were when the command was typed, and what is said to be in force is in force.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.gateway_process import ROOT, Running, environment, gateway, serving

LEGACY = """
import os
from flask import Flask
{at_import}

def create_app():
    {in_factory}
    app = Flask(__name__)

    @app.get("/hello")
    def hello():
        return {{"side": "legacy", "directory": os.getcwd()}}

    return app
"""
V2 = """
import os
from contextlib import asynccontextmanager
from fastapi import FastAPI
{at_import}

@asynccontextmanager
async def lifespan(app):
    {in_lifespan}
    yield

app = FastAPI(lifespan=lifespan)

@app.get("/hello")
def hello():
    {in_request}
    return {{"side": "v2", "directory": os.getcwd()}}
"""
MAP = """\
version: 1
backends:
  legacy: {wsgi: "shop:create_app()", threads: 2}
  v2: {asgi: "newshop:app"}
defaults:
  mode: legacy
routes:
  - id: hello
    path: /hello
    methods: [GET]
    mode: legacy
"""
MOMENTS = {
    "legacy, at import": ("legacy", "at_import"),
    "legacy, in its factory": ("legacy", "in_factory"),
    "v2, at import": ("v2", "at_import"),
    "v2, in its lifespan": ("v2", "in_lifespan"),
    "v2, in a request": ("v2", "in_request"),
}
FORCED = ("--force", "--reason", "this test is about directories")
TOKEN = "t" * 40


def write(project: Path, elsewhere: Path, side: str = "", moment: str = "") -> None:
    """Both applications, below `src`; one of them goes `elsewhere` at a moment."""
    (project / "src").mkdir(parents=True)
    goes = f"os.chdir({str(elsewhere)!r})"
    for name, text, places in (
        ("shop", LEGACY, ("at_import", "in_factory")),
        ("newshop", V2, ("at_import", "in_lifespan", "in_request")),
    ):
        is_it = side == {"shop": "legacy", "newshop": "v2"}[name]
        filled = {place: goes if is_it and place == moment else "pass" for place in places}
        (project / "src" / f"{name}.py").write_text(text.format(**filled), encoding="utf-8")
    (project / "migration_map.yaml").write_text(MAP, encoding="utf-8")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return tmp_path / "project"


def settings(**more: str) -> dict[str, str]:
    """Everything that can be relative, is."""
    return {"PYTHONPATH": f"{ROOT}{os.pathsep}src", "GATEWAY_EVIDENCE": "sqlite:///kept/evidence.sqlite3", **more}


def side(running: Running) -> str:
    return httpx.get(f"{running.url}/hello", trust_env=False, timeout=20).json()["side"]


def until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def check_everything(project: Path, running: Running, env: dict[str, str]) -> None:
    """Flip, roll back, force and lift: each is confirmed, and each is what clients get."""
    console = {**env, "GATEWAY_CONSOLE_URL": running.console_url}
    steps = [
        (("flip", "hello", "v2", *FORCED), "v2"),
        (("force", "legacy", "--reason", "v2 is on fire"), "legacy"),
        (("force", "off"), "v2"),
        (("rollback", "hello"), "legacy"),
        (("flip", "hello", "v2", *FORCED), "v2"),
        (("rollback",), "legacy"),
    ]
    for words, expected in steps:
        done = gateway(*words, cwd=project, env=console)
        assert (done.returncode, "in force on" in done.stdout) == (0, True), done
        assert {side(running) for _ in range(4)} == {expected}, words


@pytest.mark.parametrize("moment", MOMENTS)
def test_flip_rollback_and_kill_switch_are_in_force_wherever_the_application_went(
    project: Path, elsewhere: Path, tmp_path: Path, moment: str
) -> None:
    write(project, elsewhere, *MOMENTS[moment])
    (project / "kept").mkdir()
    (project / "token").write_text(TOKEN, encoding="utf-8")
    env = settings(GATEWAY_TOKEN_FILE="token")
    with serving(Path("migration_map.yaml"), cwd=project, log=tmp_path / "log", env=env) as running:
        check_everything(project, running, env)
        flipped = gateway(
            "flip", "hello", "shadow", cwd=project, env=env | {"GATEWAY_CONSOLE_URL": running.console_url}
        )
        assert flipped.returncode == 0, flipped
        assert side(running) == "legacy"
        until((project / "kept" / "evidence.sqlite3").exists, "no evidence was kept")
        went = httpx.get(f"{running.url}/hello", trust_env=False).json()["directory"]
        assert went == str(elsewhere), "the application is where it went"
    assert list(elsewhere.iterdir()) == []
    assert len(json.loads(gateway("audit", "show", "--json", cwd=project, env=env).stdout)["entries"]) == 7


def test_worker_that_is_started_again_finds_what_the_first_one_found(
    project: Path, elsewhere: Path, tmp_path: Path
) -> None:
    write(project, elsewhere, "legacy", "at_import")
    (project / "kept").mkdir()
    env = settings(GATEWAY_MAP="migration_map.yaml")
    log = tmp_path / "log"
    with serving(Path("migration_map.yaml"), "--workers", "2", cwd=project, log=log, env=env) as running:
        check_everything(project, running, env)
        victim, *_ = workers(running)
        os.kill(victim, signal.SIGKILL)
        until(lambda: victim not in workers(running) and len(workers(running)) == 2, "no other worker was started")
        check_everything(project, running, env)
    assert list(elsewhere.iterdir()) == []


def workers(running: Running) -> list[int]:
    state = httpx.get(f"{running.console_url}/api/v1/map", trust_env=False, timeout=20).json()
    return [worker["pid"] for worker in state["workers"] if worker["ready"]]


def test_what_no_gateway_confirms_is_no_success_and_says_why(project: Path, tmp_path: Path) -> None:
    """A gateway that was started with GATEWAY_FORCE, whose console asks for a token; and one map that nobody serves."""
    write(project, tmp_path)
    write(tmp_path / "other", tmp_path)
    token = {"GATEWAY_TOKEN": TOKEN}
    env = settings(GATEWAY_EVIDENCE="off", GATEWAY_FORCE="legacy", GATEWAY_CONSOLE_HOST="0.0.0.0", **token)
    with serving(Path("migration_map.yaml"), cwd=project, log=tmp_path / "log", env=env) as running:
        console = {"GATEWAY_EVIDENCE": "off", "GATEWAY_CONSOLE_URL": running.console_url}
        lifted = gateway("force", "off", cwd=project, env=console | token)
        assert (lifted.returncode, "it was started with GATEWAY_FORCE" in lifted.stderr) == (3, True), lifted
        assert "the kill switch is off, but no running gateway has confirmed it" in lifted.stderr
        flipped = gateway("flip", "hello", "v2", *FORCED, cwd=project, env=console | token)
        assert (flipped.returncode, "in force on 1 worker" in flipped.stdout) == (0, True), flipped
        assert "everything is sent to legacy by force" in flipped.stderr
        assert side(running) == "legacy"
        refused = gateway("rollback", "hello", cwd=project, env=console)
        assert (refused.returncode, "asks for a token" in refused.stderr) == (3, True), refused
        other = gateway("flip", "hello", "shadow", cwd=tmp_path / "other", env=console | token)
        assert (other.returncode, "serves another map" in other.stderr) == (3, True), other
        for served in (project, tmp_path / "other"):
            assert str(served / "migration_map.yaml") in other.stderr
    gone = gateway("rollback", "hello", cwd=project, env=console)
    assert (gone.returncode, f"nobody answers at its console, {running.console_url}" in gone.stderr) == (3, True), gone
    alone = gateway("rollback", "hello", "--no-wait", cwd=project, env=console)
    assert (alone.returncode, "in force" in alone.stdout) == (0, False), alone


@contextmanager
def under_uvicorn(project: Path, log: Path) -> Iterator[str]:
    """The door alone, as `uvicorn --factory gateway.app:create_app` serves it: the applications lie beside the map."""
    env = environment({"PYTHONPATH": str(ROOT), "GATEWAY_EVIDENCE": "off"})
    with socket.create_server(("127.0.0.1", 0)) as listener, log.open("wb") as output:
        port = listener.getsockname()[1]
        # The script and not the module: it puts an empty entry before `sys.path`, as most people's servers do.
        command = [str(Path(sys.executable).with_name("uvicorn")), "--factory", "gateway.app:create_app"]
        command += ["--fd", str(listener.fileno())]
        process = subprocess.Popen(
            command, cwd=project, env=env, pass_fds=[listener.fileno()], stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def test_any_server_imports_both_applications_from_where_it_was_started(
    project: Path, elsewhere: Path, tmp_path: Path
) -> None:
    """An entry of `sys.path` that is empty stands for the directory of the moment; legacy is imported first."""
    write(project, elsewhere, "legacy", "at_import")
    for file in ("shop.py", "newshop.py"):
        (project / "src" / file).rename(project / file)
    path = project / "migration_map.yaml"
    path.write_text(MAP.replace("    mode: legacy", "    mode: v2"), encoding="utf-8")

    def answered() -> str:
        try:
            return httpx.get(f"{url}/hello", trust_env=False, timeout=20).json()["side"]
        except (httpx.HTTPError, ValueError):
            return ""

    with under_uvicorn(project, tmp_path / "log") as url:
        until(lambda: answered() == "v2", "v2 does not answer")
        path.write_text(MAP, encoding="utf-8")
        until(lambda: answered() == "legacy", "the new map is not in force")


def test_init_check_doctor_and_scaffold_work_where_they_were_typed(project: Path, elsewhere: Path) -> None:
    write(project, elsewhere, "legacy", "at_import")
    (project / "migration_map.yaml").unlink()
    (project / "token").write_text(TOKEN, encoding="utf-8")
    env = settings(GATEWAY_TOKEN_FILE="token")
    made = gateway("init", "shop:create_app()", "--v2", "newshop:app", cwd=project, env=env)
    assert (made.returncode, "migration_map.yaml is written" in made.stdout) == (0, True), made
    again = gateway("init", "shop:create_app()", "--v2", "newshop:app", cwd=project, env=env)
    assert (again.returncode, "is up to date" in again.stdout) == (0, True), again
    other = gateway("init", "shop:create_app()", "--v2", "newshop:app", "-o", "maps.yaml", cwd=project, env=env)
    assert (other.returncode, (project / "maps.yaml").exists()) == (0, True), other
    assert gateway("check", cwd=project, env=env).returncode == 0
    written = gateway("scaffold", "hello", "-o", "src/stub.py", "--tests", "test_stub.py", cwd=project, env=env)
    assert written.returncode == 0, written
    assert (project / "src" / "stub.py").exists()
    assert (project / "test_stub.py").exists()
    (project / "requests.jsonl").write_text('{"path": "/hello"}\n', encoding="utf-8")
    replayed = gateway("replay", "requests.jsonl", "--json", cwd=project, env=env)
    assert json.loads(replayed.stdout)["requests"] == 1, replayed
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (("legacy", "at_import"), ("shop:create_app()",)),
        (("legacy", "in_factory"), ("shop:create_app()",)),
        (("v2", "at_import"), ("newshop:app",)),
        (("v2", "at_import"), ()),
        (("legacy", "at_import"), ()),
    ],
    ids=["legacy", "its factory", "v2", "v2 by the map", "legacy by the map"],
)
def test_doctor_names_the_application(
    project: Path, elsewhere: Path, where: tuple[str, str], words: tuple[str, ...]
) -> None:
    write(project, elsewhere, *where)
    done = gateway("doctor", *words, "--json", cwd=project, env=settings(GATEWAY_EVIDENCE="off"))
    found = [one for one in json.loads(done.stdout)["findings"] if one["code"] == "process.directory"]
    application = "shop:create_app()" if where[0] == "legacy" else "newshop:app"
    assert any(f"importing {application} changes the current directory" in one["what"] for one in found), done
    assert any(str(elsewhere) in one["what"] for one in found)
    if where[0] == "legacy":
        assert any("shop.py:" in one["where"] for one in found), "the line is named"


def test_doctor_is_silent_on_applications_that_stay(project: Path, elsewhere: Path) -> None:
    write(project, elsewhere)
    done = gateway("doctor", "--json", cwd=project, env=settings(GATEWAY_EVIDENCE="off"))
    assert "process.directory" not in {one["code"] for one in json.loads(done.stdout)["findings"]}
