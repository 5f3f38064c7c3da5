"""`gateway serve`: options before variables, and an exit code for everything that keeps it from starting."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from gateway.cli.serve import explain_settings
from gateway.settings import Settings

Run = Callable[..., Any]
ROOT = Path(__file__).resolve().parents[3]


def start(project: Path, *arguments: str, **env: str) -> subprocess.Popen[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **env}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "gateway", *arguments],
        cwd=project,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_an_option_wins_over_its_variable(project: Path):
    process = start(project, "serve", "--port", "0", "--console-port", "0", GATEWAY_PORT="1", GATEWAY_CONSOLE_PORT="1")
    assert process.stdout is not None
    try:
        assert process.stdout.readline().startswith("traffic  http://127.0.0.1:")
    finally:
        process.terminate()
        process.communicate(timeout=60)
    assert process.returncode == 0


def test_a_port_that_is_taken_exits_3_with_a_sentence(project: Path, gateway_process: Run):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = gateway_process("serve", "--port", str(taken.getsockname()[1]), "--console-port", "0")
    assert (ran.code, "Traceback" in ran.err) == (3, False), ran


def test_legacy_that_cannot_be_imported_exits_3(project: Path, gateway_process: Run):
    """case 189"""
    (project / "shop.py").write_text("import nosuchmodule\n", encoding="utf-8")
    ran = gateway_process("serve", "--port", "0", "--console-port", "0")
    assert (ran.code, "Traceback" in ran.err) == (3, False), ran
    assert 'imports "nosuchmodule"' in ran.err


def test_a_console_beyond_loopback_without_a_token_exits_2(project: Path, gateway_process: Run):
    """case 161"""
    ran = gateway_process("serve", "--port", "0", "--console-port", "0", "--console-host", "0.0.0.0")
    assert (ran.code, "GATEWAY_TOKEN" in ran.err) == (2, True), ran


def test_a_wrong_variable_is_named_and_exits_2(project: Path, gateway: Run):
    ran = gateway("serve", "--port", "0", "--console-port", "0", env={"GATEWAY_GRACE": "soon"})
    assert (ran.code, "GATEWAY_GRACE is 'soon'" in ran.err) == (2, True), ran


def test_every_wrong_variable_is_explained_on_a_line_of_its_own():
    with pytest.raises(ValidationError) as caught:
        Settings(grace=-1, keep_alive=0)
    lines = explain_settings(caught.value).splitlines()
    assert [line.split(" is ")[0] for line in lines] == ["GATEWAY_GRACE", "GATEWAY_KEEP_ALIVE"]


@pytest.mark.parametrize("words", [["check"], ["doctor", "shop:create_app()"]], ids=lambda words: words[0])
def test_an_interrupted_command_exits_130(project: Path, words: list[str]):
    (project / "shop.py").write_text("import time\nprint('importing', flush=True)\ntime.sleep(60)\n", encoding="utf-8")
    process = start(project, *words)
    assert process.stderr is not None
    try:
        assert process.stderr.readline() == "importing\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert (process.returncode, "Traceback" in err) == (130, False)
