"""`gateway show`: one mismatch of a real store, on a terminal, in a pipe, as JSON and as a curl command."""

from __future__ import annotations

import shlex
import subprocess
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from gateway.exchange import Failure, FailureKind
from tests.support.evidence import Evidence, answer
from tests.support.terminal import on_a_terminal

Run = Callable[..., Any]
DATES = ("Fri, 20 Nov 2026 18:24:00 GMT", "2026-11-20T18:24:00")


@pytest.fixture
def evidence(project: Path) -> Evidence:
    return Evidence(project / "migration_map.yaml")


@pytest.fixture
def sample(evidence: Evidence) -> str:
    """Two dates that differ in an answer with a header in common and one of legacy's own."""
    legacy, v2 = (
        answer({"same": list(range(20)), "created": date}, 200, (b"content-length", length))
        for date, length in zip(DATES, (b"1", b"2"), strict=True)
    )
    request_id, _ = evidence.saw(
        "employees.get",
        legacy,
        v2,
        query=b"q=a%20b&token=hunter2hunter2",
        headers=((b"host", b"shop.example"), (b"authorization", b"Bearer topsecret"), (b"x-empty", b"")),
    )
    evidence.write()
    return request_id


def test_a_pipe_gets_a_diff_with_cause_and_fix(sample: str, gateway: Run):
    ran = gateway("show", sample)
    assert ran.code == 0
    assert f"{sample}  employees.get  20" in ran.out
    assert "GET /employee/1?q=a%20b" in ran.out
    assert "json.datetime-format: " in ran.out
    assert "fix: " in ran.out
    assert f'body /created changed: legacy "{DATES[0]}", v2 "{DATES[1]}"' in ran.out
    diff = ran.out.partition("--- legacy\n+++ v2\n")[2].splitlines()
    assert diff[:2] == [" HTTP 200", " content-type: application/json"]
    assert "<content-length: 1" in diff
    assert ">content-length: 2" in diff
    assert [line for line in diff if line[0] in "-+"] == [
        f'-  "created": "{DATES[0]}",',
        f'+  "created": "{DATES[1]}",',
    ]
    assert " ... 20 equal lines" in diff


def test_secrets_are_neither_shown_nor_exported(sample: str, gateway: Run):
    for options in ([], ["--json"], ["--curl"]):
        ran = gateway("show", sample, *options)
        assert "topsecret" not in ran.out + ran.err
        assert "hunter2" not in ran.out + ran.err
        assert "redacted:" in ran.out


def test_a_terminal_gets_two_columns_with_a_mark_where_they_differ(sample: str, project: Path):
    code, shown = on_a_terminal(project, "show", sample, NO_COLOR="1", COLUMNS="120")
    assert code == 0
    marked = [line for line in shown.splitlines() if "≠" in line]
    assert len(marked) == 1
    assert DATES[0] in marked[0].split("≠")[0]
    assert DATES[1] in marked[0].split("≠")[1]
    code, shown = on_a_terminal(project, "show", sample, COLUMNS="120")
    assert "\x1b[31m" in shown


def test_json_has_the_whole_sample(sample: str, gateway: Run):
    document = gateway("show", sample, "--json").json
    assert set(document) == {
        "id", "time", "route", "epoch", "stratum", "signature", "causes", "differences", "request", "legacy", "v2"
    }  # fmt: skip
    assert document["causes"][0]["name"] == "json.datetime-format"
    (difference,) = document["differences"]
    assert (difference["part"], difference["location"], difference["kind"]) == ("body", "/created", "changed")
    assert difference["excused_by"] is None
    assert document["request"]["method"] == "GET"
    assert set(document["request"]["body"]) == {"text", "length", "digest", "truncated", "withheld"}
    assert (document["legacy"]["failure"], document["legacy"]["status"]) == (None, 200)
    assert DATES[1] in document["v2"]["body"]["text"]


def test_a_side_without_an_answer_says_why(evidence: Evidence, gateway: Run):
    request_id, _ = evidence.saw("index", answer("<h1>"), Failure(FailureKind.EXCEPTION, "KeyError: 'id'"), path="/")
    evidence.write()
    ran = gateway("show", request_id)
    assert "-HTTP 200" in ran.out
    assert "+no answer: exception: KeyError: 'id'" in ran.out
    failure = gateway("show", request_id, "--json").json["v2"]["failure"]
    assert failure == {"kind": "exception", "message": "KeyError: 'id'"}


def test_what_an_application_sent_does_not_move_the_cursor(evidence: Evidence, gateway: Run):
    request_id, _ = evidence.saw("index", answer("a\x1b[2J"), answer("b\x1b[2J"), path="/\x1b[2J")
    evidence.write()
    ran = gateway("show", request_id)
    assert ran.code == 0
    assert "\x1b" not in ran.out + gateway("show", request_id, "--curl").out


@pytest.mark.parametrize("words", [["nosuchid"], ["nosuchid", "--json"], ["x", "--curl", "--json"], []], ids=" ".join)
def test_an_id_that_is_not_there_is_wrong_usage(sample: str, gateway: Run, words: list[str]):
    ran = gateway("show", *words)
    assert (ran.code, ran.out) == (2, "")


def test_no_evidence_is_exit_3(project: Path, gateway: Run):
    assert gateway("show", "req-1").code == 3


def test_curl_asks_the_front_door_what_the_client_asked(evidence: Evidence, gateway: Run):
    """With the real curl, against a real server."""
    body = b'{"name": "O\'Brien \\u00e9", "list": ["a b", "$HOME", "@file"]}'
    headers = ((b"content-type", b"application/json"), (b"x-it's", b'a "b" $c `d`'), (b"accept-encoding", b"gzip"))
    request_id, _ = evidence.saw(
        "employees.create",
        answer({"a": 1}),
        answer({"a": 2}),
        method="POST",
        path="/employee/a b/[1]{2}/é",
        query=b"x=1&y[]=%20&z={}",
        headers=headers,
        body=body,
    )
    evidence.write()
    seen: list[tuple[str, dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            seen.append((self.path, dict(self.headers), content))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    try:
        env = {"GATEWAY_HOST": "0.0.0.0", "GATEWAY_PORT": str(server.server_port)}
        ran = gateway("show", request_id, "--curl", env=env)
        assert (ran.code, ran.err) == (0, "")
        assert f"http://127.0.0.1:{server.server_port}/employee" in ran.out
        subprocess.run(["sh", "-c", ran.out], check=True, capture_output=True, timeout=20)
    finally:
        thread.join(20)
        server.server_close()
    ((path, sent, content),) = seen
    assert path == "/employee/a%20b/%5B1%5D%7B2%7D/%C3%A9?x=1&y%5B%5D=%20&z=%7B%7D"
    assert sent["x-it's"] == 'a "b" $c `d`'
    assert sent["content-type"] == "application/json"
    assert content == body


def test_curl_says_which_values_are_redacted(sample: str, gateway: Run):
    ran = gateway("show", sample, "--curl")
    assert "put in your own: the query, header authorization" in ran.err
    words = shlex.split(ran.out)
    assert words[0] == "curl"
    assert "x-empty;" in words
    assert not any(word.lower().startswith("host:") for word in words)


def test_help_is_quick_because_nothing_heavy_is_imported():
    code = (
        "import sys; import gateway.cli.program; "
        "print([name for name in ('sqlalchemy', 'rich', 'jsonpath_rfc9535', 'gateway.fleet') if name in sys.modules])"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
