"""The breaker on a real gateway: legacy answers without asking a v2 that hangs, and v2 comes back by itself."""

from __future__ import annotations

import concurrent.futures
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.running import Running, running, write_site
from tests.support.wire import eventually

TIMEOUT = 0.4
LEGACY = """
from flask import Flask
app = Flask(__name__)


@app.get("/<path:rest>")
def anything(rest):
    return "legacy"
"""
V2 = """
import asyncio, os, time
from fastapi import FastAPI
app = FastAPI()


@app.get("/asked")
async def asked():
    return seen


@app.get("/{route}")
async def anything(route: str):
    seen.append(time.monotonic())
    while os.path.exists("v2-hangs"):
        try:
            await asyncio.sleep(0.05)
        except asyncio.CancelledError:
            pass  # a leak: it goes on for as long as v2 hangs
    await asyncio.sleep(0.1 if route.startswith("calm") else 0)
    return "v2"


seen = []
"""
CALM = [f"calm-{number}" for number in range(4)]
MAP = f"""
version: 1
backends:
  legacy: {{wsgi: "old:app", threads: 12}}
  v2: {{asgi: "new:app"}}
defaults:
  mode: v2
routes:
  - {{id: guarded, path: /guarded, timeout: {TIMEOUT}s, fallback: {{on: [timeout, exception]}}}}
  - {{id: bare, path: /bare, timeout: {TIMEOUT}s}}
  - {{id: shadowed, path: /shadowed, mode: shadow, shadow: {{timeout: {TIMEOUT}s}}}}
""" + "".join(f"  - {{id: {name}, path: /{name}, timeout: 1s, fallback: {{on: [timeout]}}}}\n" for name in CALM)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Path]]:
    folder = tmp_path_factory.mktemp("site")
    write_site(folder, legacy=LEGACY, v2=V2, text=MAP)
    with running(folder) as gateway:
        yield gateway, folder


@pytest.fixture
def hanging(site: tuple[Running, Path]) -> Iterator[Path]:
    mark = site[1] / "v2-hangs"
    mark.touch()
    yield mark
    mark.unlink(missing_ok=True)


def took(gateway: Running, path: str) -> tuple[str, float]:
    began = time.monotonic()
    answer = gateway.get(path)
    return answer.text.strip('"') if answer.status_code == 200 else str(answer.status_code), time.monotonic() - began


def is_open(gateway: Running, route: str, use: str = "serving") -> bool:
    return gateway.metric("gateway_breaker_state", route=route, use=use) > 0


def messages(gateway: Running, event: str) -> list[str]:
    return [line["message"] for line in gateway.events(event)]


def test_a_v2_that_hangs_costs_a_timeout_for_a_few_seconds_and_then_nothing(
    site: tuple[Running, Path], hanging: Path
) -> None:
    """Cases 83 and 117: half-open probes once a second, shadows at rest, and a way back."""
    gateway, _ = site

    def falls_back() -> bool:
        gateway.get("/shadowed")
        answer, seconds = took(gateway, "/guarded")
        assert answer == "legacy"
        assert seconds < TIMEOUT + 0.5
        return is_open(gateway, "guarded")

    eventually(falls_back, "the breaker", seconds=20)
    asked = gateway.metric("gateway_fallback_total", route="guarded", reason="timeout")
    began = time.monotonic()
    fast = 0
    while time.monotonic() - began < 2.2:
        answer, seconds = took(gateway, "/guarded")
        fast += seconds < TIMEOUT / 2
        assert answer == "legacy"
    probes = gateway.metric("gateway_fallback_total", route="guarded", reason="timeout") - asked
    assert probes <= 3, "at most one a second"
    assert fast > 10
    assert gateway.metric("gateway_fallback_total", route="guarded", reason="breaker") >= fast

    assert [took(gateway, "/bare")[0] for _ in range(2)] == ["504", "504"], "without a fallback nothing changes"
    assert not is_open(gateway, "bare")

    def shadows_rest() -> bool:
        gateway.get("/shadowed")
        return gateway.metric("gateway_shadow_dropped_total", route="shadowed", reason="breaker") > 0

    eventually(shadows_rest, "the breaker of the shadows", seconds=20)
    assert is_open(gateway, "shadowed", "shadowing")
    eventually(lambda: len(gateway.events("breaker_opened")) == 2, "the lines of the log")

    hanging.unlink()
    eventually(lambda: took(gateway, "/guarded")[0] == "v2" and not is_open(gateway, "guarded"), "v2", seconds=20)
    eventually(lambda: "guarded: v2 answers again" in messages(gateway, "breaker_closed"), "the line of the log")


def test_a_process_that_stood_still_opens_no_breaker(site: tuple[Running, Path]) -> None:
    """Case 195: every request under way is late at once, and none of that is v2's doing."""
    gateway, _ = site
    before = len(gateway.events("breaker_opened"))
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        for _ in range(2):
            under_way = [pool.submit(took, gateway, f"/{CALM[number % 4]}") for number in range(16)]
            time.sleep(0.03)  # any moment of the requests will do
            gateway.signal(signal.SIGSTOP)
            time.sleep(2.2)  # the pause is the case: longer than the timeouts
            gateway.signal(signal.SIGCONT)
            assert {answer.result()[0] for answer in under_way} <= {"v2", "legacy"}
    assert [took(gateway, f"/{name}")[0] for name in CALM] == ["v2"] * 4
    assert not any(is_open(gateway, name) for name in CALM)
    assert len(gateway.events("breaker_opened")) == before
