"""Reads the client for an application on another loop: one message for each time that one is wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from gateway.asgi import Message, Receive


class Pump:
    """Lives on the loop where it is made. Nothing is read ahead, so an upload keeps its back-pressure."""

    def __init__(self, receive: Receive, deliver: Callable[[Message | Exception], None]) -> None:
        self._receive = receive
        self._deliver = deliver
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._stopped = False

    def want(self) -> None:
        """Read one message more and deliver it, or what the server raised instead."""
        if self._stopped:
            return
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())
        self._wanted.set()

    def stop(self) -> None:
        """Read no more; what is being read is left to the server."""
        self._stopped = True
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                item: Message | Exception = await self._receive()
            except Exception as error:  # noqa: BLE001 - it is raised where it belongs, by the application's `receive`
                item = error
            self._deliver(item)
