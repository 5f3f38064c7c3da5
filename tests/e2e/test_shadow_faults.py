"""Whatever v2 does as a shadow, the clients of legacy get the same bytes, all of them, and as fast.

Each way to misbehave is measured beside the same route without a shadow, one window after the other in the same
process. The machine may do other things meanwhile, which can only make the difference larger: so the smallest of a few
measurements counts for time, and every single request of all of them counts for failures and for bytes.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.support.counters import Counters, drained, settled
from tests.support.faulty import BLOCKING, CAUSES, MODES
from tests.support.gateway_process import Running, serving
from tests.support.load import Answered, Load, load

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(180)]

ADDED_P99 = 0.050
"""Seconds that the slowest hundredth of the clients may lose."""
ATTEMPTS = 12
WINDOW = 0.15
"""Seconds of load in one window."""
CLIENTS, PAUSE = 4, 0.004
GROWTH = 20 * 1024**2
"""Bytes that the process may grow by (case 81)."""
OTHERS = [name for name in MODES if name not in BLOCKING]
GROUPS = {"misbehaves": OTHERS, **{name: [name] for name in BLOCKING}}


def write_map(folder: Path, modes: list[str]) -> Path:
    """`/off/<mode>` has no shadow; `/on/<mode>` is a shadowed route for each mode."""
    lines = [
        "version: 1",
        "backends:",
        '  legacy: {wsgi: "tests.support.steady:app", threads: 8}',
        '  v2: {asgi: "tests.support.faulty:app"}',
        "routes:",
        "  - {id: unshadowed, path: /off/<mode>, mode: legacy}",
    ]
    for mode in modes:
        timeout = "100ms" if MODES[mode] == "timeout" else "20s"
        lines.append(f"  - {{id: {mode}, path: /on/{mode}, mode: shadow, shadow: {{timeout: {timeout}}}}}")
    path = folder / "migration_map.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def wire(answer: Answered) -> tuple[str, bytes]:
    """What is on the wire, without the clock."""
    return re.sub(r"date: .*\r\n", "", answer.head, flags=re.IGNORECASE), answer.body


async def window(running: Running, target: str, judge: Callable[[Answered], str | None]) -> Load:
    async with load(running.port, target, connections=CLIENTS, judge=judge, pause=PAUSE) as result:
        await asyncio.sleep(WINDOW)
    assert result.failures == [], target
    return result


def p99(*results: Load) -> float:
    latencies = sorted(latency for result in results for latency in result.latencies)
    return latencies[len(latencies) * 99 // 100]


async def added(running: Running, mode: str, calm: list[Load]) -> tuple[float, int]:
    """Seconds that p99 grows by with the shadow on, and how many requests were shadowed.

    `calm` are windows without a shadow from before the first shadow of a mode that outlives its windows.
    """
    without: set[tuple[str, bytes]] = set()

    def learn(answer: Answered) -> None:
        without.add(wire(answer))

    def judge(answer: Answered) -> str | None:
        return None if {wire(answer)} == without else f"other bytes than without a shadow: {wire(answer)}"

    if MODES[mode] != "timeout":
        await asyncio.to_thread(settled, running.console_url)
    off = await window(running, f"/off/{mode}", learn)
    on = await window(running, f"/on/{mode}", judge)
    return p99(on) - p99(*(calm or [off])), on.answered


def resident(running: Running) -> int:
    status = Path(f"/proc/{running.process.pid}/status").read_text(encoding="utf-8")
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024  # type: ignore[index] # Linux always says it


@pytest.mark.parametrize("group", GROUPS)
async def test_misbehaving_shadow_does_not_reach_the_clients(group: str, tmp_path: Path) -> None:
    """Cases 77 to 83, 85, 87 and 93: no failed request, no other byte, at most 50 ms more, and all of it is counted."""
    modes = GROUPS[group]
    trace = tmp_path / "trace"
    env = {"BACKGROUND_TRACE": str(trace), "GATEWAY_GRACE": "1"}
    with serving(write_map(tmp_path, modes), cwd=tmp_path, log=tmp_path / "log", env=env) as running:
        await window(running, "/off/warm", lambda _: None)
        blocks = group in BLOCKING
        calm = [await window(running, "/off/calm", lambda _: None) for _ in range(4)] if blocks else []
        asked: dict[str, int] = {}
        slow: dict[str, float] = {}
        for mode in modes:
            asked[mode] = 0
            slow[mode] = float("inf")
            before = resident(running)
            for _ in range(ATTEMPTS):
                seconds, shadowed = await added(running, mode, calm)
                slow[mode] = min(slow[mode], seconds)
                asked[mode] += shadowed
                if slow[mode] <= ADDED_P99:
                    break
            assert resident(running) - before < GROWTH, mode
        assert {mode: seconds for mode, seconds in slow.items() if seconds > ADDED_P99} == {}
        counters = await asyncio.to_thread(drained, running.console_url)
        for mode in modes:
            outcomes = counters.by("gateway_shadow_total", "outcome", route=mode)
            dropped = counters.by("gateway_shadow_dropped_total", "reason", route=mode)
            assert outcomes.total() + dropped.total() == asked[mode], mode
            assert set(outcomes) == {MODES[mode]}, mode
            assert set(dropped) <= {"queue_full", "breaker"}, mode
            causes = set(counters.by("gateway_mismatch_total", "cause", route=mode))
            expected = {CAUSES[mode]} if mode in CAUSES else set()
            assert {cause for cause in causes if cause.startswith("outcome.")} == expected, mode
        if group == "misbehaves":
            assert await served_alike(running, "mutates_everything")
            await window(running, "/on/fine", lambda _: None)
            after = await asyncio.to_thread(drained, running.console_url)
            assert is_asked_again(counters, after)
        assert not trace.exists()
        assert running.process.poll() is None
        await window(running, "/off/warm", lambda _: None)
        code = await asyncio.to_thread(running.stop)
    assert code == 0


async def served_alike(running: Running, mode: str) -> bool:
    """Case 85: legacy is asked again after v2 has changed all it was given, and sees the same request."""
    async with httpx.AsyncClient(base_url=running.url, trust_env=False) as client:
        return (await client.get(f"/seen/on/{mode}")).json() == 1


def is_asked_again(before: Counters, after: Counters) -> bool:
    """The lane works on, after all of that."""
    name = "gateway_shadow_total"
    return after.total(name, route="fine", outcome="answered") > before.total(name, route="fine", outcome="answered")
