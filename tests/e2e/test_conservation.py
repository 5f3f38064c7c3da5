"""Nothing is lost without being counted: requests, shadows and evidence, on a real gateway, also under overload."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.counters import Counters, drained
from tests.support.gateway_process import Running, serving
from tests.support.load import Answered, load

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]

LEGACY = """
from contextvars import ContextVar
from shared import VARIABLE
from flask import Flask, Response, jsonify, request

app = Flask(__name__)


@app.get("/slow")
@app.get("/whole")
@app.get("/echo/<name>")
def echo(name=""):
    return jsonify(name=name, user=request.headers.get("Cookie", ""))


@app.get("/variable")
def variable():
    found = VARIABLE.get("nothing")
    VARIABLE.set("set by legacy")
    return jsonify(found=found)


@app.get("/large")
def large():
    return Response((b"x" * 65536 for _ in range(200)), mimetype="application/octet-stream")


@app.get("/events")
def events():
    return Response((f"data: {number}\\n\\n" for number in range(3)), mimetype="text/event-stream")


@app.get("/sampled")
def sampled():
    return "sampled"
"""

V2 = """
import asyncio
from shared import VARIABLE
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse

app = FastAPI()


@app.get("/slow")
async def slow():
    await asyncio.sleep(0.05)
    return {"name": "", "user": ""}


@app.get("/whole")
async def whole():
    return {"name": "", "user": ""}


@app.get("/echo/{name}")
async def echo(name: str, request: Request):
    return {"name": name, "user": request.headers.get("cookie", "")}


@app.get("/variable")
async def variable():
    found = VARIABLE.get("nothing")
    VARIABLE.set("set by v2")
    return {"found": found}


@app.get("/sampled")
async def sampled():
    return PlainTextResponse("sampled")
"""

MAP = """
version: 1
backends:
  legacy: {wsgi: "old:app", threads: 8}
  v2: {asgi: "new:app"}
defaults: {mode: shadow}
routes:
  - {id: slow, path: /slow, mode: shadow}
  - {id: echo, path: "/echo/<name>", mode: shadow}
  - {id: whole, path: /whole, mode: shadow}
  - {id: variable, path: /variable, mode: shadow}
  - {id: large, path: /large, mode: shadow}
  - {id: events, path: /events, mode: shadow}
  - {id: sampled, path: /sampled, mode: shadow, shadow: {sample: 10%}}
"""


@contextmanager
def serving_site(folder: Path, *options: str) -> Iterator[Running]:
    (folder / "shared.py").write_text("from contextvars import ContextVar\nVARIABLE = ContextVar('variable')\n")
    (folder / "old.py").write_text(LEGACY, encoding="utf-8")
    (folder / "new.py").write_text(V2, encoding="utf-8")
    path = folder / "migration_map.yaml"
    path.write_text(MAP, encoding="utf-8")
    with serving(path, *options, cwd=folder, log=folder / "log") as running:
        yield running


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One for all tests that ask a route of their own."""
    with serving_site(tmp_path_factory.mktemp("site")) as running:
        yield running


def well(answer: Answered) -> str | None:
    return None if answer.status == 200 else f"status {answer.status}"


def obeys_the_law(counters: Counters, route: str, answered: int) -> None:
    """Case 158: a number that is said twice is the same twice."""
    requests = counters.by("gateway_requests_total", "code_class", route=route)
    asked = counters.by("gateway_shadow_total", "outcome", route=route)
    dropped = counters.by("gateway_shadow_dropped_total", "reason", route=route)
    verdicts = counters.by("gateway_parity_total", "verdict", route=route)
    assert requests == {"2xx": answered}
    assert counters.total("gateway_request_duration_seconds_count", route=route) == answered
    assert asked.total() + dropped.total() == answered
    assert verdicts.total() == asked.total()


def keeps_its_evidence(counters: Counters) -> None:
    """Each compared exchange is offered once, and is written, or waits, or is dropped by reason."""
    assert counters.total("gateway_evidence_records") == counters.total("gateway_parity_total")


@pytest.mark.parametrize("workers", [1, 2])
async def test_what_is_planned_under_overload_is_asked_or_dropped_and_counted(tmp_path: Path, workers: int) -> None:
    """Cases 93 and 158: v2 takes 50 ms, the lane asks eight at a time, and the clients do not wait."""
    with serving_site(tmp_path, "--workers", str(workers)) as running:
        async with load(running.port, "/slow", connections=16, judge=well) as result:
            await asyncio.sleep(2)
        counters = await asyncio.to_thread(drained, running.console_url)
    assert result.failures == []
    assert counters.by("gateway_shadow_dropped_total", "reason", route="slow")["queue_full"] > 0
    obeys_the_law(counters, "slow", result.answered)
    keeps_its_evidence(counters)


async def test_requests_of_one_user_at_the_same_time_are_never_crossed(running: Running) -> None:
    """Case 97: a hundred at once, each with a name of its own that both sides echo."""
    numbers = iter(range(10**9))

    def judge(answer: Answered) -> str | None:
        name = answer.target.rpartition("/")[2]
        return None if json.loads(answer.body)["name"] == name else f"asked for {name}, got {answer.body!r}"

    async with load(running.port, lambda: f"/echo/n{next(numbers)}", connections=100, judge=judge) as result:
        await asyncio.sleep(1)
    counters = await asyncio.to_thread(drained, running.console_url)
    assert result.failures == []
    assert counters.by("gateway_shadow_total", "outcome", route="echo")["answered"] > 100
    assert set(counters.by("gateway_parity_total", "verdict", route="echo")) <= {"match", "equivalent"}
    obeys_the_law(counters, "echo", result.answered)
    keeps_its_evidence(counters)


async def test_context_variables_of_one_call_are_not_seen_by_another(running: Running) -> None:
    """Case 95: each side sets one, and neither of them, nor the next request, finds it set."""

    def judge(answer: Answered) -> str | None:
        return None if json.loads(answer.body) == {"found": "nothing"} else f"leaked: {answer.body!r}"

    async with load(running.port, "/variable", connections=8, judge=judge) as result:
        await asyncio.sleep(0.5)
    counters = await asyncio.to_thread(drained, running.console_url)
    assert result.failures == []
    assert set(counters.by("gateway_parity_total", "verdict", route="variable")) <= {"match", "equivalent"}


async def test_clients_that_leave_are_counted_and_not_compared(running: Running) -> None:
    """Case 92: before the answer, in the middle of it, and after it."""
    for _ in range(10):
        await asyncio.to_thread(leave, running, "/slow", 0)
        await asyncio.to_thread(leave, running, "/large", 1)
        await asyncio.to_thread(leave, running, "/whole", 10**6)
    counters = await asyncio.to_thread(drained, running.console_url)
    assert running.process.poll() is None
    aborted = counters.by("gateway_shadow_dropped_total", "reason", route="large")
    assert aborted == {"aborted": 10}
    for route in ("slow", "large", "whole"):
        asked = counters.total("gateway_shadow_total", route=route)
        dropped = counters.total("gateway_shadow_dropped_total", route=route)
        assert asked + dropped == counters.total("gateway_requests_total", route=route) == 10, route
    assert counters.by("gateway_parity_total", "verdict", route="whole").total() == 10


def leave(running: Running, target: str, after: int) -> None:
    """Ask, read up to `after` bytes, and go."""
    with socket.create_connection(("127.0.0.1", running.port), timeout=10) as connection:
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        received = 0
        while received < after and (part := connection.recv(65536)):
            received += len(part)


async def test_server_sent_events_are_not_compared(running: Running) -> None:
    """Case 101."""
    for _ in range(5):
        await asyncio.to_thread(leave, running, "/events", 10**6)
    counters = await asyncio.to_thread(drained, running.console_url)
    assert counters.by("gateway_shadow_dropped_total", "reason", route="events") == {"stream": 5}
    assert counters.total("gateway_shadow_total", route="events") == 0


async def test_a_tenth_of_the_requests_is_a_tenth(running: Running) -> None:
    """Case 102: within four standard deviations, which 1 of 16,000 runs leaves."""
    async with load(running.port, "/sampled", connections=8, judge=well) as result:
        while result.answered < 2000:  # noqa: ASYNC110 - the load generator counts
            await asyncio.sleep(0.05)
    counters = await asyncio.to_thread(drained, running.console_url)
    planned = counters.total("gateway_shadow_total", route="sampled")
    planned += counters.total("gateway_shadow_dropped_total", route="sampled")
    assert abs(planned - result.answered * 0.1) < 4 * (result.answered * 0.09) ** 0.5
