"""`gateway watch` beside a real gateway, alone, on a terminal and in a pipe."""

from __future__ import annotations

import contextlib
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
    index = row(ran.out, "index")
    assert index[:6] == ["index", "shadow", "-", "-", "75", "%"]
    assert (index[8:10], index[-2:]) == (["not_ready", "1"], ["json.datetime-format", "(1)"])
    assert row(ran.out, "articles")[:2] == ["articles", "canary"]
    assert ran.out.startswith("NO GATEWAY")
    assert "no gateway answers for this map" in ran.out
    assert row(ran.out, "ROUTE")[0] == "ROUTE"
    assert ran.out.index("\nindex") < ran.out.index("\narticles"), "what needs a person comes first"


def test_without_evidence_that_is_said_and_no_gate_is_made_up(project: Path, gateway: Run):
    ran = gateway("watch", "--once")
    assert row(ran.out, "index") == ["index", "shadow", *"------"[:5], "0", "-"]
    assert "! Evidence: there is no evidence at" in ran.out
    assert "GATEWAY_EVIDENCE is off" in gateway("watch", "--once", env={"GATEWAY_EVIDENCE": "off"}).out


def test_json_is_one_frame(evidence: Evidence, gateway: Run):
    ran = gateway("watch", "--json")
    document = ran.json
    assert ran.code == 3
    assert set(document) == {"overview", "rows", "found", "total", "console", "bridge", "trouble"}
    assert (document["console"], document["bridge"], document["overview"]["evidence"]) == (None, None, "ok")
    index = next(one for one in document["rows"] if one["id"] == "index")
    assert (index["parity"], index["mismatches"]) == (0.75, 1)
    assert index["causes"] == [{"name": "json.datetime-format", "count": 1}]
    assert (index["legacy_rate"], index["gate"]) == (None, "not_ready")


def test_the_list_is_filtered_and_sorted_as_the_console_does_it(evidence: Evidence, gateway: Run):
    def ids(*words: str) -> list[str]:
        return [one["id"] for one in gateway("watch", "--json", *words).json["rows"]]

    assert ids("--gate", "not_ready") == ["index"]
    assert ids("--cause", "json.datetime-format", "--sort", "map") == ["index"]
    assert ids("--mode", "canary", "--find", "art") == ["articles"]
    by_id = ids("--sort", "id")
    assert by_id == sorted(by_id)
    assert ids("--sort", "id", "--reverse") == by_id[::-1]
    nothing = gateway("watch", "--once", "--find", "nothing like it")
    assert f"none of {len(by_id)} routes is as asked for" in nothing.out


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
        return any(one["mismatches"] for one in rows)  # both answers, from the store

    eventually(compared, "a mismatch in the store")
    ran = gateway("watch", "--once", "--interval", "0.2", env=env)
    assert ran.code == 0
    assert ran.out.splitlines()[0].startswith("taking traffic   ")
    assert ran.out.splitlines()[0].endswith(f"1 of 1 worker ready   {running.console_url}")
    assert "bridge: " in ran.out
    index = row(ran.out, "index")
    assert index[:2] == ["index", "shadow"]
    assert index[-1].startswith("(")
    listed = gateway("mismatches", "index", "--json").json
    assert listed["groups"][0]["route"] == "index"
    shown = gateway("show", listed["groups"][0]["samples"][0])
    assert shown.code == 0
    assert "-HTTP 200" in shown.out
    assert "+HTTP 404" in shown.out
    assert gateway("gate", "index").code == 1


def test_it_says_what_the_console_says(project: Path, running: Running, gateway: Run):
    for _ in range(20):
        httpx.get(f"{running.url}/employee/1")
    ours = gateway("watch", "--json", "--sort", "map", env={"GATEWAY_CONSOLE_URL": running.console_url}).json
    assert ours["overview"]["legacy_rate"] > 0
    overview = httpx.get(f"{running.console_url}/api/v1/overview").json()
    rows = httpx.get(f"{running.console_url}/api/v1/routes?limit=200").json()["rows"]
    shown = ("path", "revision", "routes", "migrated", "gates", "mismatches", "attention", "workers", "last_flip")
    assert {name: ours["overview"][name] for name in shown} == {name: overview[name] for name in shown}
    assert [without_rates(one) for one in ours["rows"]] == [without_rates(one) for one in rows]


def without_rates(one: dict[str, Any]) -> dict[str, Any]:
    """They are of the last minute, so they are others a moment later."""
    return {name: value for name, value in one.items() if name not in {"legacy_rate", "v2_rate", "latency"}}


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
        lines = [process.stdout.readline() for _ in range(60)]
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        assert process.wait(30) == 130
    assert sum(line.startswith("NO GATEWAY") for line in lines) >= 2
    assert "\x1b" not in "".join(lines)


@pytest.mark.parametrize(
    "words",
    [["--interval", "0"], ["--interval", "x"], ["nosuchargument"], ["--sort", "luck"], ["--gate", "open"]],
    ids=" ".join,
)
def test_wrong_usage_is_exit_2(project: Path, gateway: Run, words: list[str]):
    assert gateway("watch", *words).code == 2


def test_a_gateway_that_goes_away_and_comes_back_is_followed(project: Path, evidence: Evidence):
    """On a terminal: taking traffic, then nobody there, then taking traffic again."""
    path = project / "migration_map.yaml"
    stages: list[str] = []
    with contextlib.ExitStack() as stack:
        first = stack.enter_context(serving(path, cwd=project, log=project / "first.log"))

        def follow(process: subprocess.Popen[bytes], written: bytes) -> None:
            if not stages and b"taking traffic" in written:
                stages.append("there")
                first.stop()
            elif stages == ["there"] and b"NO GATEWAY" in written:
                stages.append("away")
                port = ("--console-port", str(first.console_port))
                stack.enter_context(serving(path, *port, cwd=project, log=project / "second.log"))
            elif len(stages) == 2 and b"taking traffic" in written[written.rindex(b"NO GATEWAY") :]:
                stages.append("back")
                os.kill(process.pid, signal.SIGINT)

        code, shown = on_a_terminal(
            project, "watch", "--interval", "0.1", watch=follow, COLUMNS="140", GATEWAY_CONSOLE_URL=first.console_url
        )
    assert stages == ["there", "away", "back"]
    assert code == 130
    assert "; one answered until " in shown
