"""Small real projects, and the real command line in a process of its own."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.cli.program import program

ROOT = Path(__file__).resolve().parents[3]

LEGACY = """
from flask import Blueprint, Flask

employees = Blueprint("employees", __name__)

@employees.get("/employee/<int:id>")
def get(id):
    return {"id": id, "by": "legacy"}

@employees.post("/employee")
def create():
    return {"created": True}, 201

def create_app():
    app = Flask(__name__)
    app.register_blueprint(employees)

    @app.get("/")
    def index():
        return "<h1>legacy</h1>"

    @app.get("/articles/<path:rest>")
    def articles(rest):
        return rest

    return app
"""

V2 = """
from fastapi import FastAPI

app = FastAPI()
"""

MAP = """\
version: 1
backends:
  legacy: {wsgi: "shop:create_app()", threads: 4}
  v2: {asgi: "newshop:app"}
defaults:
  mode: legacy
routes:
  - id: employees.get
    path: /employee/<int:id>
    methods: [GET]
    mode: legacy          # the first to move
  - id: employees.create
    path: /employee
    methods: [POST]
    mode: legacy
  - id: index
    path: /
    methods: [GET]
    mode: shadow
    shadow: {sample: 25%}
  - id: articles
    path: /articles/<path:rest>
    methods: [GET]
    mode: canary
    canary: {percent: 10, sticky: "cookie:session"}
    fallback: {on: [exception, 5xx]}
"""


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Gateway = Callable[..., Ran]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a Flask application, its rewrite and a map."""
    (tmp_path / "shop.py").write_text(LEGACY, encoding="utf-8")
    (tmp_path / "newshop.py").write_text(V2, encoding="utf-8")
    (tmp_path / "migration_map.yaml").write_text(MAP, encoding="utf-8")
    return tmp_path


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Nothing of the machine's own: no GATEWAY_ variables, no terminal, a console port that nobody listens on."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "GATEWAY_CONSOLE_PORT": "1",
        **(extra or {}),
    }


@pytest.fixture
def gateway_process(tmp_path: Path) -> Gateway:
    """Run `gateway ARGUMENTS` in the project's folder, in a process of its own: for what a process is needed for."""

    def run(*arguments: str, env: Mapping[str, str] | None = None) -> Ran:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "gateway", *arguments],
            cwd=tmp_path,
            env=environment(env),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def gateway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gateway:
    """Run `gateway ARGUMENTS` in the project's folder, in this process: the same program, without its start-up."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    for name in [name for name in os.environ if name.startswith("GATEWAY_")]:
        monkeypatch.delenv(name)

    def run(*arguments: str, env: Mapping[str, str] | None = None) -> Ran:
        importlib.invalidate_caches()
        done = CliRunner().invoke(
            program(), list(arguments), env={"GATEWAY_CONSOLE_PORT": "1", **(env or {})}, prog_name="gateway"
        )
        for name, module in list(sys.modules.items()):
            if str(getattr(module, "__file__", None) or "").startswith(str(tmp_path)):
                del sys.modules[name]
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Ran(done.exit_code, done.stdout, done.stderr)

    return run
