"""What is not seen of a console that cannot be asked, belongs to somebody else, or speaks another language."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from gateway.cli.watching.console import ConsoleFrames, NoAnswer
from gateway.console.views.routes import RoutesQuery

Answers = dict[str, tuple[int, object]]


@pytest.fixture
def answers() -> Answers:
    """Path -> status and body, of whatever stands where the console should."""
    return {}


@pytest.fixture
def frames(answers: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ConsoleFrames]:
    class Console(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answers.get(self.path.partition("?")[0], (404, {"error": "not_found"}))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Console) as server:
        url = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("GATEWAY_CONSOLE_URL", url)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield ConsoleFrames(tmp_path / "migration_map.yaml", url, RoutesQuery())
        server.shutdown()
        thread.join()


def why(frames: ConsoleFrames) -> str:
    with pytest.raises(NoAnswer) as caught:
        frames.frame(10)
    return str(caught.value)


def test_a_console_that_wants_a_token_says_which(frames: ConsoleFrames, answers: Answers) -> None:
    answers["/api/v1/map"] = (401, {"error": "token_wrong", "message": "send"})
    assert why(frames).endswith("wants a token: set GATEWAY_READ_TOKEN or GATEWAY_TOKEN")


def test_another_map_is_named(frames: ConsoleFrames, answers: Answers) -> None:
    answers["/api/v1/map"] = (200, {"path": "/srv/other.yaml"})
    assert why(frames).endswith("serves /srv/other.yaml")


def test_a_gateway_without_workers_is_told_from_another_map(frames: ConsoleFrames, answers: Answers) -> None:
    answers["/api/v1/map"] = (200, {"path": ""})
    assert why(frames) == "no worker of the gateway answers at the moment"


def test_what_the_console_objects_to_is_passed_on(frames: ConsoleFrames, answers: Answers, tmp_path: Path) -> None:
    answers["/api/v1/map"] = (200, {"path": str(tmp_path / "migration_map.yaml")})
    answers["/api/v1/overview"] = (503, {"error": "gateway_error", "message": "no picture yet"})
    assert why(frames).endswith("answers 503: no picture yet")


def test_an_answer_of_another_release_is_not_made_into_numbers(
    frames: ConsoleFrames, answers: Answers, tmp_path: Path
) -> None:
    answers["/api/v1/map"] = (200, {"path": str(tmp_path / "migration_map.yaml")})
    answers["/api/v1/overview"] = (200, {"routes": "many"})
    assert "of another release" in why(frames)


@pytest.mark.parametrize("body", [[], "hello", {"error": 1}, None], ids=["list", "text", "object", "null"])
def test_what_is_no_console_is_said(frames: ConsoleFrames, answers: Answers, body: object) -> None:
    answers["/api/v1/map"] = (200, body)
    assert why(frames)
    answers["/api/v1/map"] = (500, body)
    assert why(frames).endswith("answers 500: no console of a gateway")


def test_nobody_is_said_with_the_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_CONSOLE_URL", "http://127.0.0.1:1")
    assert why(ConsoleFrames(tmp_path / "m.yaml", "http://127.0.0.1:1", RoutesQuery())) == (
        "no gateway answers for this map at http://127.0.0.1:1"
    )
