"""`gateway replay`: a real Flask application and a real FastAPI one, asked what was recorded, in this process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.parity.difference import Part
from gateway.parity.formats import format_of_json
from gateway.parity.noise import NoiseBook, NoisePlace
from tests.support.evidence import beside
from tests.support.terminal import on_a_terminal

Run = Callable[..., Any]

LEGACY = """
import time
from datetime import datetime
from flask import Flask, jsonify, request

def create_app():
    app = Flask(__name__)
    print("legacy is imported")

    @app.get("/employee/<int:id>")
    def employee(id):
        return jsonify(id=id, since=datetime(2020, 1, 2) if id == 7 else None)

    @app.post("/employee")
    def create():
        return jsonify(name=request.get_json()["name"], shadow=request.headers.get("X-Shadow")), 201

    @app.get("/articles/<path:rest>")
    def articles(rest):
        return jsonify(rest=rest, q=request.args.get("q"), who=request.cookies.get("who"))

    @app.get("/slow")
    def slow():
        print("asked", flush=True)
        time.sleep(30)
        return "late"

    return app
"""

V2 = """
from datetime import datetime
from fastapi import FastAPI, Request, Response

app = FastAPI()
print("v2 is imported")

@app.get("/employee/{id}")
async def employee(id: int):
    return {"id": id, "since": datetime(2020, 1, 2) if id == 7 else None}

@app.post("/employee", status_code=201)
async def create(request: Request):
    return {"name": (await request.json())["name"], "shadow": request.headers.get("x-shadow")}

@app.get("/articles/{rest:path}")
async def articles(rest: str, request: Request, q: str | None = None):
    return {"rest": rest, "q": q, "who": request.cookies.get("who")}
"""


@pytest.fixture
def shop(project: Path) -> Path:
    """Two applications that agree on everything but employee 7, and a map of them."""
    (project / "shop.py").write_text(LEGACY, encoding="utf-8")
    (project / "newshop.py").write_text(V2, encoding="utf-8")
    return project


def recorded(folder: Path, *requests: Any, name: str = "traffic.jsonl") -> str:
    lines = [json.dumps({"path": one} if isinstance(one, str) else one) for one in requests]
    (folder / name).write_text("\n".join(lines), encoding="utf-8")
    return name


def test_a_recording_on_which_both_agree_is_exit_0(shop: Path, gateway: Run):
    headers = {"Cookie": "who=ada", "Accept-Encoding": "gzip"}
    file = recorded(shop, "/employee/1", {"path": "/articles/a%20b/c?q=%C3%A9", "headers": headers}, "/employee/2")
    ran = gateway("replay", file)
    assert (ran.code, ran.out) == (0, "3 requests: match 3\n"), ran
    assert "v2 is imported" in ran.err


def test_mismatches_are_grouped_by_cause_with_the_line_they_came_from(shop: Path, gateway: Run):
    ran = gateway("replay", recorded(shop, "/employee/1", "/employee/7", {"path": "/employee/7?again=1"}))
    assert ran.code == 1
    assert "employees.get: 2 times\n" in ran.out
    assert "json.datetime-format: " in ran.out
    assert "fix: " in ran.out
    assert "at body /since" in ran.out
    assert "line 2: GET /employee/7\n" in ran.out
    assert "line 3: GET /employee/7?again=1\n" in ran.out
    assert 'body /since: legacy "Thu, 02 Jan 2020 00:00:00 GMT", v2 "2020-01-02T00:00:00"' in ran.out
    assert "3 requests: match 1, mismatch 2" in ran.out


def test_json_has_the_groups_and_what_was_not_compared(shop: Path, gateway: Run):
    write = {"method": "POST", "path": "/employee", "body": "{}"}
    file = recorded(shop, "/employee/1", "/employee/7", write, "/a/../b")
    ran = gateway("replay", file, "--json")
    assert ran.code == 1
    document = ran.json
    assert set(document) == {
        "path", "revision", "file", "requests", "passed", "verdicts", "skipped", "errors", "groups"
    }  # fmt: skip
    assert (document["requests"], document["passed"]) == (4, False)
    assert document["verdicts"] == {"match": 1, "mismatch": 1}
    assert document["skipped"] == {"dot_segment": 1, "unsafe_method": 1}
    (group,) = document["groups"]
    assert (group["route"], group["count"]) == ("employees.get", 1)
    assert group["causes"][0]["name"] == "json.datetime-format"
    (example,) = group["examples"]
    assert (example["where"], example["method"], example["target"]) == ("line 2", "GET", "/employee/7")
    assert example["differences"][0]["location"] == "/since"


def test_the_rules_of_the_map_hold(shop: Path, gateway: Run):
    gateway("excuse", "employees.get", "$.since", "--reason", "v2 is right", "--expires", "2099-01-01")
    ran = gateway("replay", recorded(shop, "/employee/7"))
    assert (ran.code, ran.out) == (0, "1 request: excused 1\n")


def test_noise_that_a_gateway_has_learned_is_no_mismatch(shop: Path, gateway: Run):
    formats = frozenset(
        format_of_json(f'"{date}"') for date in ("Thu, 02 Jan 2020 00:00:00 GMT", "2020-01-02T00:00:00")
    )
    with beside(shop / "migration_map.yaml") as store:
        place = NoisePlace(Part.BODY, "/since", 50, formats)
        store.save_noise("employees.get", NoiseBook(100, (place,)).to_json())
    ran = gateway("replay", recorded(shop, "/employee/7"))
    assert (ran.code, ran.out) == (0, "1 request: excused 1\n")


def test_what_writes_is_asked_only_when_that_is_meant(shop: Path, gateway: Run):
    body = {"headers": {"Content-Type": "application/json"}, "body": '{"name": "Ada"}'}
    file = recorded(shop, {"method": "POST", "path": "/employee", **body})
    ran = gateway("replay", file)
    assert ran.code == 1
    assert "unsafe_method 1" in ran.err
    assert "nothing was compared, so this proves nothing" in ran.err
    ran = gateway("replay", file, "--unsafe", "--json")
    assert (ran.code, ran.json["verdicts"]) == (0, {"match": 1})


def test_an_empty_recording_is_no_pass(shop: Path, gateway: Run):
    (shop / "empty.jsonl").write_text("\n\n", encoding="utf-8")
    ran = gateway("replay", "empty.jsonl")
    assert (ran.code, "none was compared" in ran.out) == (1, True)


def test_a_har_of_a_browser_is_replayed_for_its_first_host(shop: Path, gateway: Run):
    urls = ["https://shop.example/employee/7", "https://cdn.example/x.js", "wss://shop.example/live", "data:,x"]
    headers = [{"name": ":authority", "value": "shop.example"}, {"name": "Cookie", "value": "who=ada"}]
    entries = [{"request": {"method": "GET", "url": url, "headers": headers}} for url in urls]
    (shop / "traffic.har").write_text(json.dumps({"log": {"entries": entries}}), encoding="utf-8")
    ran = gateway("replay", "traffic.har", "--json")
    assert (ran.code, ran.json["skipped"]) == (1, {"not_http": 2, "other_host": 1})
    assert ran.json["groups"][0]["examples"][0]["where"] == "entry 1"


def test_a_recording_that_cannot_be_read_names_the_place(shop: Path, gateway: Run):
    (shop / "bad.jsonl").write_text('{"path": "/"}\n{"path"\n', encoding="utf-8")
    ran = gateway("replay", "bad.jsonl")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: bad.jsonl, line 2: this is not JSON")


def test_a_file_that_is_not_there_is_exit_3(shop: Path, gateway: Run):
    ran = gateway("replay", "nowhere.jsonl")
    assert (ran.code, "nowhere.jsonl" in ran.err) == (3, True)


@pytest.mark.parametrize(("module", "side"), [("shop.py", "legacy"), ("newshop.py", "v2")])
def test_a_side_that_cannot_be_imported_is_exit_3_and_no_mismatch(shop: Path, gateway: Run, module: str, side: str):
    (shop / module).write_text("import nosuchmodule\n", encoding="utf-8")
    ran = gateway("replay", recorded(shop, "/employee/1"))
    assert (ran.code, ran.out) == (3, "")
    assert "nosuchmodule" in ran.err


def test_json_alone_is_on_stdout_in_a_process_of_its_own(shop: Path, gateway_process: Run):
    ran = gateway_process("replay", recorded(shop, "/employee/1"), "--json")
    assert ran.code == 0, ran
    assert ran.json["verdicts"] == {"match": 1}
    assert "legacy is imported" in ran.err


def test_a_terminal_gets_a_progress_bar_unless_quiet(shop: Path):
    file = recorded(shop, *["/employee/1"] * 3)
    code, shown = on_a_terminal(shop, "replay", file)
    assert (code, "replaying" in shown, "3 requests: match 3" in shown) == (0, True, True)
    code, shown = on_a_terminal(shop, "replay", file, "--quiet")
    assert (code, "replaying" in shown) == (0, False)


def test_ctrl_c_leaves_with_130_and_no_traceback(shop: Path):
    file = recorded(shop, "/slow")
    interrupted: list[bool] = []

    def interrupt(process: subprocess.Popen[bytes], written: bytes) -> None:
        if b"asked" in written and not interrupted:
            interrupted.append(True)
            os.kill(process.pid, signal.SIGINT)

    code, shown = on_a_terminal(shop, "replay", file, watch=interrupt)
    assert interrupted
    assert (code, "Traceback" in shown) == (130, False), shown
