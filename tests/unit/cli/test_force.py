"""`gateway force`: the kill switch, as typed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

Run = Callable[..., Any]


def switch(project: Path) -> Path:
    return project / ".gateway" / "force"


@contextmanager
def a_console(said: list[Any], project: Path, served: str = "migration_map.yaml") -> Iterator[str]:
    """A gateway whose workers heed the switch's file, and which can be told to hold it in memory."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            in_file = json.loads(switch(project).read_text())["side"] if switch(project).is_file() else None
            side = said[-1][2]["side"] if said else in_file
            worker = {"pid": 1, "revision": "r", "ready": True, "force": side}
            self._answer(
                {
                    "path": str(project / served),
                    "revision": "r",
                    "force": side,
                    "workers": [worker, worker],
                }
            )

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            said.append((self.path, self.headers["Authorization"], json.loads(body)))
            self._answer({"warnings": ["this is in memory"]})

        def _answer(self, document: Any) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(document).encode())

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_switch_is_pulled_shown_and_lifted(project: Path, gateway: Run):
    ran = gateway("force", "legacy", "--reason", "v2 is on fire", "--no-wait")
    assert (ran.code, "the kill switch is on" in ran.out) == (0, True)
    assert json.loads(switch(project).read_text())["reason"] == "v2 is on fire"
    status = gateway("status")
    assert "the kill switch is on since" in status.err
    assert "v2 is on fire; `gateway force off` lifts it" in status.err
    assert gateway("status", "--json").json["force"]["side"] == "legacy"
    assert "the kill switch is off" in gateway("force", "off", "--no-wait").out
    assert not switch(project).exists()
    assert gateway("status", "--json").json["force"] is None
    assert "off already" in gateway("force", "off", "--no-wait").out


@pytest.mark.parametrize("words", [["legacy"], ["legacy", "--reason", " "], ["v2", "--reason", "x"], []])
def test_pulling_takes_a_side_and_a_reason(project: Path, gateway: Run, words: list[str]):
    assert gateway("force", *words, "--no-wait").code == 2
    assert not switch(project).exists()


def test_switch_works_while_the_map_is_wrong(project: Path, gateway: Run):
    (project / "migration_map.yaml").write_text("nonsense: [")
    assert gateway("force", "legacy", "--reason", "fire", "--no-wait").code == 0
    assert switch(project).exists()


def test_switch_waits_until_every_worker_heeds_it(project: Path, gateway: Run):
    with a_console([], project) as url:
        env = {"GATEWAY_CONSOLE_URL": url}
        assert "in force on 2 workers" in gateway("force", "legacy", "--reason", "fire", env=env).out
        assert "in force on 2 workers" in gateway("force", "off", env=env).out


def test_switch_that_cannot_be_written_is_told_to_the_gateway_with_the_token(project: Path, gateway: Run):
    (project / ".gateway").write_text("a file where the folder should be")
    said: list[Any] = []
    with a_console(said, project) as url:
        env = {"GATEWAY_CONSOLE_URL": url, "GATEWAY_TOKEN": "t" * 32}
        ran = gateway("force", "legacy", "--reason", "fire", env=env)
    assert (ran.code, "this is in memory" in ran.err, "in force on 2 workers" in ran.out) == (0, True, True)
    assert said == [("/api/v1/force", f"Bearer {'t' * 32}", {"side": "legacy", "reason": "fire"})]


def test_switch_of_another_gateway_is_never_touched(project: Path, gateway: Run):
    """Whoever answers at the console's address may serve another map, whose v2 is well."""
    (project / ".gateway").write_text("a file where the folder should be")
    said: list[Any] = []
    with a_console(said, project, served="other.yaml") as url:
        env = {"GATEWAY_CONSOLE_URL": url, "GATEWAY_TOKEN": "t" * 32}
        ran = gateway("force", "legacy", "--reason", "fire", env=env)
    assert (ran.code, said) == (3, []), ran
    assert f"serves another map, {project / 'other.yaml'}, and was left alone" in ran.err
    assert "is on" not in ran.out + ran.err


def test_gateway_that_was_asked_is_not_said_to_be_unasked(project: Path, gateway: Run):
    (project / ".gateway").write_text("a file where the folder should be")
    said: list[Any] = []
    with a_console(said, project) as url:
        env = {"GATEWAY_CONSOLE_URL": url, "GATEWAY_TOKEN": "t" * 32}
        ran = gateway("force", "legacy", "--reason", "fire", "--no-wait", env=env)
    assert (ran.code, len(said), "was asked" in ran.err) == (0, 1, False), ran


def test_switch_that_nobody_can_pull_says_what_is_left(project: Path, gateway: Run):
    (project / ".gateway").write_text("a file where the folder should be")
    ran = gateway("force", "legacy", "--reason", "fire", "--no-wait")
    assert ran.code == 3
    assert "GATEWAY_FORCE=legacy and a restart" in ran.err
