"""A server that takes so many connections and no more.

The console and the door share a process's file descriptors: without a limit, whoever opens connections to the console
takes them from the clients.
"""

from __future__ import annotations

import asyncio
from typing import Any

from gateway.server.protocol import BoundedHttp


class Room:
    """How many connections a server has. For one event loop."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.taken = 0

    def enter(self) -> bool:
        """Whether there was room for one more."""
        if self.taken >= self._most:
            return False
        self.taken += 1
        return True

    def leave(self) -> None:
        """One connection less."""
        self.taken -= 1


class RoomedHttp(BoundedHttp):
    """A connection to a server with a `room`. One that finds it full is closed without a word."""

    def __init__(self, *args: Any, room: Room, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._room = room
        self._inside = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn types it
        """Enter, or close."""
        self._inside = self._room.enter()
        if self._inside:
            super().connection_made(transport)
        else:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave."""
        if self._inside:
            self._room.leave()
            super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Nothing that came before an abort is looked at."""
        if self._inside:
            super().data_received(data)
