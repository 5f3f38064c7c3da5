"""A loop that is held is noticed, and the one who holds it is named."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from gateway.telemetry.lag import LoopLag


class Events:
    """Keeps what is logged."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []

    def warning(self, event: str, **fields: Any) -> None:
        self.seen.append({"event": event, **fields})


def hold_the_loop() -> None:
    time.sleep(0.6)  # the blocking call that somebody made in an `async def`


@pytest.mark.anyio
async def test_blocked_loop_shows_and_its_stack_is_logged_once() -> None:
    """Case 111."""
    events = Events()
    lag = LoopLag(events)  # type: ignore[arg-type] # of the log, only `warning` is used
    lag.watch("door", asyncio.get_running_loop())
    await asyncio.sleep(0.15)
    assert lag.read()[("door",)] < 0.2
    hold_the_loop()
    await asyncio.sleep(0.15)
    assert lag.read()[("door",)] > 0.4
    [event] = events.seen
    assert event["event"] == "loop_stalled"
    assert event["loop"] == "door"
    assert "in hold_the_loop" in event["exception"]
    lag.stop()


@pytest.mark.anyio
async def test_second_stall_is_logged_again() -> None:
    events = Events()
    lag = LoopLag(events)  # type: ignore[arg-type] # the same
    lag.watch("door", asyncio.get_running_loop())
    await asyncio.sleep(0.15)
    for _ in range(2):
        hold_the_loop()
        await asyncio.sleep(0.25)
    assert len(events.seen) == 2
    lag.stop()
