"""`gateway watch` beside a real gateway, alone, on a terminal and in a pipe."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.evidence import Evidence, answer
from tests.support.gateway_process import Running, serving
from tests.support.terminal import on_a_terminal
from tests.support.wire import eventually

Run = Callable[..., Any]
FIELDS = {
    "route", "mode", "legacy_rate", "v2_rate", "parity", "lower_bound", "gate", "mismatches", "top_cause"
}  # fmt: skip
DATES = ("Fri, 20 Nov 2026 18:24:00 GMT", "2026-11-20T18:24:00")


@pytest.fixture
def evidence(project: Path) -> Evidence:
    """Three requests to `/` that agree, and one that does not."""
    seen = Evidence(project / "migration_map.yaml")
    seen.saw_equal("index", 3)
    legacy, v2 = (answer({"created": date}) for date in DATES)
    seen.saw("index", legacy, v2, path="/x")
    seen.write()
    return seen


@pytest.fixture
def running(project: Path) -> Iterator[Running]:
    """A gateway that serves the project's map, whose v2 has no route."""
    with serving(project / "migration_map.yaml", cwd=project, log=project / "gateway.log") as gateway_:
        yield gateway_


def row(text: str, route: str) -> list[str]:
    return next(line.split() for line in text.splitlines() if line.startswith(route))


def test_without_a_gateway_the_evidence_is_shown_and_the_exit_code_is_3(evidence: Evidence, gateway: Run):
    ran = gateway("watch", "--once")
    assert ran.code == 3
    assert row(ran.out, "index") == ["index", "shadow", "-", "-", "75", "%", *row(ran.out, "index")[6:8], "not_ready",
                                     "json.datetime-format", "(1)"]  # fmt: skip
    assert row(ran.out, "articles") == ["articles", "canary", "-", "-", "-", "-", "-"]  # nothing of it is compared
    assert "no gateway answers for this map" in ran.out


def test_without_evidence_that_is_said_and_no_gate_is_made_up(project: Path, gateway: Run):
    ran = gateway("watch", "--once")
    assert row(ran.out, "index") == ["index", "shadow", "-", "-", "-", "-", "-"]
    assert "there is no evidence at" in ran.out
    assert "GATEWAY_EVIDENCE is off" in gateway("watch", "--once", env={"GATEWAY_EVIDENCE": "off"}).out


def test_json_is_one_frame(evidence: Evidence, gateway: Run):
    ran = gateway("watch", "--json")
    document = ran.json
    assert ran.code == 3
    assert set(document) == {"rows", "console", "revision", "workers", "force", "evidence", "map"}
    assert (document["console"], document["evidence"], document["map"]) == (None, "ok", "ok")
    index = next(one for one in document["rows"] if one["route"] == "index")
    assert set(index) == FIELDS
    assert (index["parity"], index["mismatches"], index["top_cause"]) == (0.75, 1, "json.datetime-format")
    assert (index["legacy_rate"], index["gate"]) == (None, "not_ready")


def test_a_map_that_cannot_be_used_is_exit_2(project: Path, gateway: Run):
    (project / "migration_map.yaml").write_text("version: 2\n", encoding="utf-8")
    assert gateway("watch", "--once").code == 2


def test_beside_a_gateway_rates_and_the_verdicts_of_its_traffic_are_shown(
    project: Path, running: Running, gateway: Run
):
    """The whole way: traffic, shadow, comparison, store, and every verb that reads it."""
    env = {"GATEWAY_CONSOLE_URL": running.console_url}
    for _ in range(20):
        assert httpx.get(f"{running.url}/").text == "<h1>legacy</h1>"

    def compared() -> bool:
        rows = gateway("watch", "--json", "--interval", "0.1", env=env).json["rows"]
        return any(one["mismatches"] for one in rows)

    eventually(compared, "a mismatch in the store")
    ran = gateway("watch", "--once", "--interval", "0.2", env=env)
    assert ran.code == 0
    assert f"{running.console_url}, revision " in ran.out
    index = row(ran.out, "index")
    assert index[:4] == ["index", "shadow", "0", "0"]
    assert index[-1].startswith("(")
    listed = gateway("mismatches", "index", "--json").json
    assert listed["groups"][0]["route"] == "index"
    shown = gateway("show", listed["groups"][0]["samples"][0])
    assert shown.code == 0
    assert "-HTTP 200" in shown.out
    assert "+HTTP 404" in shown.out
    assert gateway("gate", "index").code == 1


def test_rates_are_of_the_interval(project: Path, running: Running, gateway: Run):
    """Requests while it looks, and none before that count."""
    from threading import Event, Thread  # noqa: PLC0415  the one test that needs a client at work

    over, began = Event(), Event()

    def ask() -> None:
        with httpx.Client() as client:
            while not over.is_set():
                client.get(f"{running.url}/employee/1")
                began.set()

    client = Thread(target=ask)
    client.start()
    try:
        assert began.wait(30)
        ran = gateway("watch", "--json", "--interval", "0.5", env={"GATEWAY_CONSOLE_URL": running.console_url})
    finally:
        over.set()
        client.join()
    rates = {one["route"]: (one["legacy_rate"], one["v2_rate"]) for one in ran.json["rows"]}
    assert rates["employees.get"][0] > 0
    assert rates["employees.get"][1] == 0
    assert rates["employees.create"] == (0, 0)


def test_a_terminal_is_drawn_again_until_ctrl_c_and_left_clean(evidence: Evidence, project: Path):
    interrupted: list[bool] = []

    def interrupt(process: subprocess.Popen[bytes], written: bytes) -> None:
        if written.count(b"json.datetime-format") >= 2 and not interrupted:
            interrupted.append(True)
            os.kill(process.pid, signal.SIGINT)

    code, shown = on_a_terminal(project, "watch", "--interval", "0.1", watch=interrupt, COLUMNS="140")
    assert interrupted
    assert code == 130
    assert "Traceback" not in shown
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")  # the cursor is back


def test_a_pipe_gets_frame_after_frame_without_ansi(evidence: Evidence, project: Path):
    root = Path(__file__).resolve().parents[3]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(root), "GATEWAY_CONSOLE_PORT": "1"}
    command = [sys.executable, "-P", "-m", "gateway", "watch", "--interval", "0.1"]
    with subprocess.Popen(command, cwd=project, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(20)]
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        assert process.wait(30) == 130
    assert sum(line.startswith("ROUTE") for line in lines) >= 2
    assert "\x1b" not in "".join(lines)


@pytest.mark.parametrize("words", [["--interval", "0"], ["--interval", "x"], ["nosuchargument"]], ids=" ".join)
def test_wrong_usage_is_exit_2(project: Path, gateway: Run, words: list[str]):
    assert gateway("watch", *words).code == 2
