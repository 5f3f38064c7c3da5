"""A great many shadowed requests leave the process as it was, and never get into each other's way.

`GATEWAY_SOAK_PAIRS` says how many (1,000,000), `GATEWAY_SOAK_SECONDS` when to be content with fewer. Every request asks
for a name of its own: the client checks that it got that one, and the gateway that both sides were asked for it.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.support.counters import drained, scrape
from tests.support.gateway_process import Running, serving
from tests.support.load import Answered, load

pytestmark = [pytest.mark.anyio, pytest.mark.soak, pytest.mark.timeout(7200)]

PAIRS = int(os.environ.get("GATEWAY_SOAK_PAIRS", "1000000"))
SECONDS = float(os.environ.get("GATEWAY_SOAK_SECONDS", "3600"))
CONNECTIONS, PAUSE = 16, 0.01
"""How many clients, and for how many seconds each rests between two requests at first."""
AHEAD = 64
"""The shadows that may wait before the clients rest longer: one that sheds soaks requests, not pairs."""
WARM_UP = 1000
"""The pairs after which the census is taken that must be found again at the end."""
SETTLED = 0.10
"""The share of the pairs after which memory must not grow any more."""
GROWTH = 1.05
PATIENCE = 60.0
"""Seconds after the load within which everything must be back."""

MAP = """
version: 1
backends:
  legacy: {wsgi: "tests.support.steady:app", threads: 8}
  v2: {asgi: "tests.support.steady_v2:app"}
routes:
  - {id: echo, path: "/echo/<name>", mode: shadow}
"""


@dataclass(frozen=True)
class Moment:
    """How the process was. `resident` is in bytes, `seconds` since the start, `waiting` in the lane."""

    seconds: float
    pairs: int
    resident: int
    waiting: int


@dataclass
class Pace:
    """The clients' rest in seconds, so that they ask about as fast as this machine compares."""

    pause: float = PAUSE

    def follow(self, waiting: float) -> None:
        """Rest longer while more than `AHEAD` shadows wait, and shorter while there are fewer."""
        self.pause = min(0.5, max(0.001, self.pause * (1.1 if waiting > AHEAD else 0.97)))


async def test_memory_tasks_threads_and_descriptors_are_back_after_the_soak(tmp_path: Path) -> None:
    """Cases 97 and 100."""
    path = tmp_path / "migration_map.yaml"
    path.write_text(MAP, encoding="utf-8")
    numbers = itertools.count()

    def judge(answer: Answered) -> str | None:
        name = answer.target.rpartition("/")[2]
        return None if json.loads(answer.body)["name"] == name else f"asked for {name}, got {answer.body!r}"

    moments: list[Moment] = []
    pace = Pace()
    with serving(path, cwd=tmp_path, log=tmp_path / "log", env={"GATEWAY_ACCESS_LOG": "false"}) as running:

        async def ask(until: int, began: float) -> int:
            answered = 0
            async with load(
                running.port,
                lambda: f"/echo/n{next(numbers)}",
                connections=CONNECTIONS,
                judge=judge,
                pause=lambda: pace.pause,
            ) as result:
                while not moments or (moments[-1].pairs < until and moments[-1].seconds < SECONDS):
                    await asyncio.sleep(1)
                    moments.append(await asyncio.to_thread(look, running, began))
                    pace.follow(moments[-1].waiting)
                    answered += len(result.latencies)
                    result.latencies.clear()
            assert result.failures == []
            return answered + len(result.latencies)

        began = time.monotonic()
        answered = await ask(WARM_UP, began)
        before = await at_rest(running)
        answered += await ask(PAIRS, began)
        after = await at_rest(running, like=before)
        counters = await asyncio.to_thread(drained, running.console_url)
        store = sum(file.stat().st_size for file in (tmp_path / ".gateway").iterdir())
    verdicts = counters.by("gateway_parity_total", "verdict", route="echo")
    outcomes = counters.by("gateway_shadow_total", "outcome", route="echo")
    dropped = counters.total("gateway_shadow_dropped_total", route="echo")
    last = moments[-1]
    settled = max(one.resident for one in moments if 1 <= one.pairs / (last.pairs * SETTLED) <= 2)
    print(f"\n{outcomes.total():,} pairs, {dropped:,.0f} dropped, {last.seconds:.0f} s: {dict(verdicts)}")
    for one in moments[:: max(1, len(moments) // 20)]:
        print(f"  {one.seconds:6.0f} s {one.pairs:>10,} pairs {one.resident / 1024**2:8.1f} MB")
    print(f"  at rest before {before}, after {after}; evidence {store / 1024**2:.1f} MB")
    assert set(verdicts) <= {"match", "equivalent"}, "a request crossed with another one"
    assert outcomes == {"answered": verdicts.total()}
    assert outcomes.total() + dropped == answered
    assert last.resident <= settled * GROWTH, moments
    assert after["tasks"] <= before["tasks"]
    assert after["threads"] <= before["threads"]
    assert after["descriptors"] <= before["descriptors"]


def look(running: Running, began: float) -> Moment:
    counters = scrape(running.console_url)
    pairs, waiting = counters.total("gateway_shadow_total", route="echo"), counters.total("gateway_shadow_queue_depth")
    status = Path(f"/proc/{running.process.pid}/status").read_text(encoding="utf-8")
    resident = int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024  # type: ignore[index] # Linux always says it
    return Moment(time.monotonic() - began, int(pairs), resident, int(waiting))


async def at_rest(running: Running, like: dict[str, int] | None = None) -> dict[str, int]:
    """The census of a process that has nothing to do; idle connections and threads may take a while to go."""
    await asyncio.to_thread(drained, running.console_url)
    deadline = time.monotonic() + PATIENCE
    while True:
        async with httpx.AsyncClient(base_url=running.url, trust_env=False) as client:
            found: dict[str, int] = (await client.get("/census")).json()
        await asyncio.sleep(1)
        if time.monotonic() > deadline or all(found[what] <= number for what, number in (like or found).items()):
            return found
