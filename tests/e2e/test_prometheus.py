"""deploy/prometheus and deploy/grafana on a real Prometheus, which scrapes a real gateway under load."""

from __future__ import annotations

import itertools
import math
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import httpx
import pytest

from tests.support.gateway_process import Running, serving
from tests.support.promql import (
    PROMETHEUS,
    annotation_expressions,
    dashboard,
    filled_in,
    panel_expressions,
    recorded,
)

READ_TOKEN = "a-token-that-may-look-and-change-nothing-01"
DEADLINE = 40.0

LEGACY = """
from flask import Flask, Response, jsonify

app = Flask(__name__)


@app.get("/<name>/<int:number>")
def show(name, number):
    return jsonify(name=name, number=number)


@app.get("/stream")
def stream():
    return Response(iter(["data: 1\\n\\n"]), mimetype="text/event-stream")
"""

# Every way to be noticed: it differs, fails, is late, and keeps a trait of Flask by a switch.
V2 = """
import asyncio

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from gateway.compat.switch import Switch

app = FastAPI()
SWITCH = Switch("json.key-order", "the order of keys")


class Json(JSONResponse):
    def render(self, content):
        return super().render(content) + b"\\n"


@app.get("/same/{number}", response_class=Json)
async def same(number: int):
    SWITCH.applied()
    return {"name": "same", "number": number}


@app.get("/differs/{number}", response_class=Json)
async def differs(number: int):
    return {"name": "differs", "number": str(number)}


@app.get("/fails/{number}")
@app.get("/breaks/{number}")
async def fails(number: int):
    raise RuntimeError("planted")


@app.get("/late/{number}")
@app.get("/hangs/{number}")
async def late(number: int):
    await asyncio.sleep(5)


@app.get("/stream")
async def stream():
    return {}
"""

MAP = """
version: 1
backends:
  legacy: {wsgi: "seen_legacy:app"}
  v2: {asgi: "seen_v2:app"}
routes:
  - {id: same, path: /same/<int:number>, mode: canary, canary: {percent: 50, sticky: client}}
  - id: differs
    path: /differs/<int:number>
    mode: v2
    shadow: {sample: 100%}
    compare:
      excuse: [{at: $.other, reason: planted, expires: EXPIRES}]
  - {id: fails, path: /fails/<int:number>, mode: v2, fallback: {on: [exception, timeout, 5xx]}}
  - {id: breaks, path: /breaks/<int:number>, mode: v2, shadow: {sample: 0%}}
  - {id: late, path: /late/<int:number>, mode: v2, timeout: 100ms, shadow: {sample: 0%}}
  - {id: hangs, path: /hangs/<int:number>, mode: shadow, shadow: {timeout: 100ms}}
  - {id: stream, path: /stream, methods: [GET], mode: shadow}
"""

QUIET_RECORDS = {
    "route:gateway_shadows_crowded_out:increase10m": "the lane has room at this load",
}
"""Recording rules that have nothing to record here, and why."""


@dataclass(frozen=True)
class Observed:
    """A gateway under load and the Prometheus that scrapes it."""

    gateway: Running
    url: str

    def get(self, path: str, **parameters: str) -> Any:
        answer = httpx.get(f"{self.url}/api/v1/{path}", params=parameters, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The series that an expression has now, those that are no number left out."""
        found = self.get("query", query=expression)["result"]
        return [series for series in found if math.isfinite(float(series["value"][1]))]

    def eventually(self, ask: Callable[[], Any]) -> Any:
        """What `ask` returns, as soon as it is something; at the latest after DEADLINE."""
        until = time.monotonic() + DEADLINE
        while not (found := ask()) and time.monotonic() < until:
            time.sleep(0.3)
        return found


@contextmanager
def prometheus(folder: Path, gateway: Running, missing: Callable[[str], NoReturn]) -> Iterator[str]:
    """A Prometheus with deploy/prometheus, once a second instead of every 15; its URL."""
    program = shutil.which("prometheus") or missing("prometheus")
    (folder / "token").write_text(READ_TOKEN)
    text = (PROMETHEUS / "prometheus.yml").read_text()
    for was, becomes in (
        ("15s", "1s"),
        ("127.0.0.1:8081", f"127.0.0.1:{gateway.console_port}"),
        ("/etc/prometheus/gateway-token", f"{folder}/token"),
        ("127.0.0.1:9093", "127.0.0.1:9"),
    ):
        assert was in text
        text = text.replace(was, becomes)
    (folder / "prometheus.yml").write_text(text)
    for name in ("recording.yml", "alerts.yml"):
        shutil.copy(PROMETHEUS / name, folder)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = (folder / "prometheus.log").open("wb")
    process = subprocess.Popen(
        [
            *(program, f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"),
            *(f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn"),
        ],
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        until = time.monotonic() + DEADLINE
        while True:
            try:
                if httpx.get(f"{url}/-/ready", timeout=5).status_code == 200:
                    break
            except httpx.TransportError:
                pass
            assert process.poll() is None, (folder / "prometheus.log").read_text()
            assert time.monotonic() < until, (folder / "prometheus.log").read_text()
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(30)
        log.close()


@pytest.fixture(scope="module")
def observed(tmp_path_factory: pytest.TempPathFactory, missing: Callable[[str], NoReturn]) -> Iterator[Observed]:
    """The two of them, while clients ask for everything, over and over."""
    folder = tmp_path_factory.mktemp("observed")
    (folder / "seen_legacy.py").write_text(LEGACY)
    (folder / "seen_v2.py").write_text(V2)
    soon = datetime.now(UTC).date() + timedelta(days=5)
    path = folder / "migration_map.yaml"
    path.write_text(MAP.replace("EXPIRES", soon.isoformat()))
    # Beyond loopback, so that a scrape without the token is refused.
    env = {"GATEWAY_READ_TOKEN": READ_TOKEN, "GATEWAY_EVIDENCE": f"sqlite:///{folder}/evidence.sqlite"}
    arguments = ("--workers", "2", "--console-host", "0.0.0.0")
    with (
        serving(path, *arguments, cwd=folder, log=folder / "log", env=env) as gateway,
        prometheus(folder, gateway, missing) as url,
        asking(gateway),
    ):
        found = Observed(gateway, url)
        assert found.eventually(lambda: found.query('increase(gateway_requests_total{side="v2"}[5s]) > 0'))
        # A flip, as people make it: an edit of the file.
        path.write_text(path.read_text().replace("percent: 50", "percent: 60"))
        yield found


@contextmanager
def asking(gateway: Running) -> Iterator[None]:
    """Clients on threads of their own, until the block ends. Half of them have a header that no side is given."""
    targets = ("/same/{}", "/differs/{}", "/fails/{}", "/breaks/{}", "/late/{}", "/hangs/{}", "/stream", "/a%2f..%2f{}")
    stop = threading.Event()

    def ask(headers: Mapping[str, str]) -> None:
        with httpx.Client(base_url=gateway.url, headers=headers, timeout=30) as client:
            for number, target in enumerate(itertools.cycle(targets)):
                client.get(target.format(number % 50))
                if stop.wait(0.02):
                    return

    with ThreadPoolExecutor(4) as pool:
        clients = [pool.submit(ask, headers) for headers in ({}, {"X_Forwarded_For": "203.0.113.9"}) * 2]
        try:
            yield
        finally:
            stop.set()
    for client in clients:
        client.result()


def test_the_scrape_needs_the_token_and_gets_in_with_it(observed: Observed) -> None:
    assert httpx.get(f"{observed.gateway.console_url}/metrics").status_code == 401
    targets = observed.get("targets")["activeTargets"]
    assert [(target["health"], target["lastError"]) for target in targets] == [("up", "")]


def test_every_panel_shows_something(observed: Observed) -> None:
    waiting = {str(expression): expression.text for expression in panel_expressions()}

    def all_there() -> bool:
        for name, text in list(waiting.items()):
            if observed.query(filled_in(text, interval="5s", job="gateway", instance=".+", route=".+")):
                del waiting[name]
        return not waiting

    observed.eventually(all_there)
    assert waiting == {}


def test_a_flip_is_marked_on_every_panel(observed: Observed) -> None:
    [mark] = annotation_expressions()
    assert observed.eventually(lambda: observed.query(filled_in(mark.text, job="gateway", instance=".+")))


def test_every_variable_of_the_dashboard_has_values(observed: Observed) -> None:
    asked = [
        variable["query"]["query"] for variable in dashboard()["templating"]["list"] if variable["name"] != "datasource"
    ]
    assert len(asked) == 3
    for query in asked:
        selector, label = re.fullmatch(r"label_values\((.+), (\w+)\)", query).groups()  # type: ignore[union-attr]
        values = observed.get(f"label/{label}/values", **{"match[]": filled_in(selector, job="gateway", instance=".+")})
        assert values, query


def test_every_rule_is_evaluated_without_an_error(observed: Observed) -> None:
    def evaluated() -> list[dict[str, Any]]:
        rules = [rule for group in observed.get("rules")["groups"] for rule in group["rules"]]
        return [] if any(rule["health"] == "unknown" for rule in rules) else rules

    rules = observed.eventually(evaluated)
    assert rules
    assert [(rule["name"], rule.get("lastError")) for rule in rules if rule["health"] != "ok"] == []


def test_every_recording_rule_records_something(observed: Observed) -> None:
    names = {rule["record"] for rule in recorded()} - set(QUIET_RECORDS)
    observed.eventually(lambda: all(observed.query(name) for name in names))
    assert {name for name in names if not observed.query(name)} == set()


def test_what_is_wrong_is_on_its_way_to_a_person(observed: Observed) -> None:
    """`for` has not passed yet for most of them: they are pending."""
    wanted = {
        ("GatewayMismatches", "differs"),
        ("GatewayV2Errors", "breaks"),
        ("GatewayUnanswered", "late"),
        ("GatewayFallbacks", "fails"),
        ("GatewayBreakerOpen", "fails"),
        ("GatewayRuleExpiring", "differs"),
    }

    def alarming() -> set[tuple[str, str]]:
        return {(one["metric"]["alertname"], one["metric"].get("route", "")) for one in observed.query("ALERTS")}

    observed.eventually(lambda: wanted <= alarming())
    assert wanted <= alarming()
    assert {route for name, route in alarming() if name == "GatewayMismatches"} == {"differs"}
