"""A server on a thread of its own: what keeps it from starting is raised where it was started."""

from __future__ import annotations

import asyncio

import pytest

from gateway.errors import ImportFailed
from gateway.server.listener import http_config
from gateway.server.sockets import listen
from gateway.server.thread import ServerThread
from gateway.settings import Settings
from tests.support.wire import Echo


def a_thread(**steps: object) -> ServerThread:
    config = http_config(Echo(), Settings(), rejected=lambda _reason: None, grace=0.1)
    return ServerThread("test", config, listen("127.0.0.1", 0, option="--port"), **steps)


def test_what_its_beginning_raises_is_raised_by_start() -> None:
    async def begin() -> None:
        raise ImportFailed("no such module")

    thread = a_thread(begin=begin)
    with pytest.raises(ImportFailed, match="no such module"):
        thread.start()
    assert thread.join(5)


def test_it_begins_and_ends_on_one_loop() -> None:
    """Case 190: each once."""
    loops = []

    async def note() -> None:
        loops.append(asyncio.get_running_loop())

    thread = a_thread(begin=note, end=note)
    thread.start()
    thread.stop()
    assert thread.join(5)
    assert loops == [thread.loop, thread.loop]


def test_task_that_refuses_to_be_cancelled_does_not_keep_it() -> None:
    held = []

    async def stubborn() -> None:
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                held.append("cancelled")

    tasks = []

    async def begin() -> None:
        tasks.append(asyncio.get_running_loop().create_task(stubborn()))
        tasks[0]._log_destroy_pending = False  # it is: that is the point

    thread = a_thread(begin=begin)
    thread.start()
    thread.stop()
    assert thread.join(5)
    assert held == ["cancelled"]
