"""`isolation: thread`: the application has an event loop and a thread of its own. What it does there stays there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from logging import Logger
from typing import Any, Final

from gateway.asgi import Receive, Scope, Send
from gateway.backends.channel import Channel
from gateway.backends.context import fresh_context
from gateway.backends.lane import CallOptions
from gateway.backends.loop_thread import LoopThread

_LAST_WORD: Final = 1.0
"""Seconds for cancelled calls, and then for the thread, to end."""


class ThreadLane:
    """Calls cross to the application's loop and back by a `Channel`."""

    def __init__(self, name: str, log: Logger, *, leak_after: float) -> None:
        self._side = LoopThread(name, log)
        self._log = log
        self._leak_after = leak_after
        self._calls: set[Channel] = set()
        self._leaked: set[Channel] = set()

    @property
    def leaked(self) -> int:
        """Calls that were cancelled more than `leak_after` seconds ago and still run."""
        return len(self._leaked)

    @property
    def revivals(self) -> int:
        """How often the application stopped its loop."""
        return self._side.revivals

    def lag(self) -> float:
        """Seconds that the application's loop is behind."""
        return self._side.lag()

    async def run(self, job: Callable[[], Coroutine[Any, Any, None]], limit: float) -> None:
        """Run `job` on the application's loop; TimeoutError when it is not done after `limit` seconds.

        The limit is kept by the caller's loop: the application may be blocking its own.
        """
        if not self._side.alive:
            self._side.start()
        crossing = asyncio.run_coroutine_threadsafe(job(), self._side.loop)
        await asyncio.wait_for(asyncio.wrap_future(crossing), limit)

    async def call(self, app: Any, scope: Scope, receive: Receive, send: Send, options: CallOptions) -> None:
        """Ask the application. Cancelling returns at once; the application is cancelled on its own loop."""
        channel = Channel(
            app,
            scope,
            receive,
            side=self._side.loop,
            context=fresh_context(options.variables),
            until_return=options.until_return,
            on_end=self._ended,
            log=self._log,
        )
        # Added here and discarded on the other thread: both are single steps of a set.
        self._calls.add(channel)
        self._side.post(channel.begin)
        try:
            await channel.relay(send)
        except BaseException:
            self._side.post(self._cancel, channel)
            raise

    async def drain(self, grace: float) -> None:
        """Wait for calls in flight, background tasks included, at most `grace` seconds; cancel what is left."""
        if not await self._wait_until_idle(grace):
            for channel in tuple(self._calls):
                self._side.post(self._cancel, channel)
            await self._wait_until_idle(_LAST_WORD)

    async def close(self) -> None:
        """Stop the thread. One that is blocked for ever is left behind, a daemon."""
        if not await self._side.stop(_LAST_WORD + _LAST_WORD):
            self._log.error("the application blocks its thread; it is left behind")

    async def _wait_until_idle(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self._calls:
            if time.monotonic() >= deadline:
                return False
            await asyncio.sleep(0.01)
        return True

    def _cancel(self, channel: Channel) -> None:
        """On the application's loop."""
        if channel.cancel():
            self._side.loop.call_later(self._leak_after, self._look_for_leak, channel)

    def _look_for_leak(self, channel: Channel) -> None:
        """On the application's loop."""
        if not channel.done:
            self._leaked.add(channel)
            self._log.error("a cancelled call of the application still runs after %s s", self._leak_after)

    def _ended(self, channel: Channel) -> None:
        """On the application's loop."""
        self._calls.discard(channel)
        self._leaked.discard(channel)
