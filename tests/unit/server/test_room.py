"""A server that takes so many connections and no more."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator

import pytest

from gateway.asgi import Receive, Scope, Send
from gateway.server.listener import http_config
from gateway.server.room import Room
from gateway.server.sockets import listen
from gateway.server.thread import ServerThread
from gateway.settings import Settings
from tests.support.wire import eventually, read_all, statuses

MOST = 3


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body"})


@pytest.fixture
def address() -> Iterator[tuple[str, int]]:
    listener = listen("127.0.0.1", 0, option="--port")
    address = listener.getsockname()
    config = http_config(hello, Settings(), rejected=lambda _: None, grace=0.1, most_connections=MOST)
    server = ServerThread("room", config, listener)
    server.start()
    yield address
    server.stop()
    assert server.join(5)


def ask(connection: socket.socket) -> list[int]:
    connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    return statuses(read_all(connection))


def is_answered(address: tuple[str, int]) -> bool:
    with socket.create_connection(address, timeout=5) as connection:
        try:
            return ask(connection) == [200]
        except OSError:
            return False


def test_full_room_closes_the_next_connection_and_has_room_again_when_one_leaves(address: tuple[str, int]) -> None:
    """Case 180."""
    with contextlib.ExitStack() as inside:
        first, *_ = [inside.enter_context(socket.create_connection(address, timeout=5)) for _ in range(MOST)]
        eventually(lambda: not is_answered(address), "the room is full")
        assert ask(first) == [200]
        eventually(lambda: is_answered(address), "there is room again")
    eventually(lambda: is_answered(address), "and still is")


def test_room_counts() -> None:
    room = Room(1)
    assert room.enter()
    assert not room.enter()
    room.leave()
    assert room.enter()
    assert room.taken == 1
