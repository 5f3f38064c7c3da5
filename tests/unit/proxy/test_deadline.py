"""How long a side may take to begin."""

from __future__ import annotations

import asyncio

import pytest

from gateway.errors import BackendTimeout
from gateway.proxy.deadline import Deadline

pytestmark = pytest.mark.anyio


async def test_expiry_is_a_timeout_and_leaves_no_cancellation_behind() -> None:
    with pytest.raises(BackendTimeout), Deadline(0.001):
        await asyncio.Event().wait()
    await asyncio.sleep(0)
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_disarmed_deadline_never_expires() -> None:
    with Deadline(0.001) as deadline:
        deadline.disarm()
        await asyncio.sleep(0.01)


async def test_cancellation_from_outside_stays_one() -> None:
    async def waits() -> None:
        with Deadline(60):
            await asyncio.Event().wait()

    task = asyncio.create_task(waits())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_both_at_once_is_a_cancellation() -> None:
    async def waits() -> None:
        with Deadline(0) as deadline:
            deadline._expire()
            await asyncio.Event().wait()

    task = asyncio.create_task(waits())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
