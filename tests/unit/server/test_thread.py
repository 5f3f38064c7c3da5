"""A server on a thread of its own: what keeps it from starting is raised where it was started."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import ExitStack
from functools import partial

import pytest

from gateway.errors import ImportFailed
from gateway.server.listener import http_config
from gateway.server.protocol import BoundedHttp, Limits
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


def test_a_crowd_is_let_in_within_a_few_turns_of_the_loop() -> None:
    """Turns are what a computing thread makes long: one connection a turn kept 200 clients waiting for a second."""
    assert _turns_to_let_in(64, accepts=16) <= 8
    assert _turns_to_let_in(64, accepts=1) > 8


def _turns_to_let_in(clients: int, *, accepts: int) -> int:
    """How many turns of the loop lie between the first and the last of `clients` that wait when it starts."""
    turn = 0
    let_in: list[int] = []
    everybody = threading.Event()

    class Noted(BoundedHttp):
        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            let_in.append(turn)
            if len(let_in) == clients:
                everybody.set()

    async def count() -> None:
        def again() -> None:
            nonlocal turn
            turn += 1
            asyncio.get_running_loop().call_soon(again)

        again()

    config = http_config(Echo(), Settings(), rejected=lambda _reason: None, grace=0.1)
    config.http = partial(Noted, limits=Limits(), rejected=lambda _reason: None)
    listener = listen("127.0.0.1", 0, option="--port")
    thread = ServerThread("test", config, listener, accepts=accepts, begin=count)
    with ExitStack() as crowd:
        for _ in range(clients):
            crowd.enter_context(socket.create_connection(listener.getsockname()))
        thread.start()
        assert everybody.wait(10)
        thread.stop()
        assert thread.join(5)
    return let_in[-1] - let_in[0]


def test_the_socket_is_closed_under_all_its_descriptors() -> None:
    """Whoever drains must not let clients in that nobody will answer."""
    listener = listen("127.0.0.1", 0, option="--port")
    address = listener.getsockname()
    config = http_config(Echo(), Settings(), rejected=lambda _reason: None, grace=0.1)
    thread = ServerThread("test", config, listener, accepts=16)
    thread.start()
    thread.stop()
    assert thread.join(5)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, timeout=5)
