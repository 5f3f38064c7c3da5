"""An ASGI application in this process, usually FastAPI: started, retried, called and stopped."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, Literal

from gateway.asgi import IS_SHADOW, Backend, Receive, Scope, Send
from gateway.backends.background_tasks import leave_out_background_tasks
from gateway.backends.context import Variables
from gateway.backends.inline import InlineLane
from gateway.backends.lane import CallOptions, Lane, private_scope
from gateway.backends.lifecycle import Phase, State, exponential
from gateway.backends.lifespan import Lifespan
from gateway.backends.threaded import ThreadLane
from gateway.errors import BackendUnavailable

Isolation = Literal["thread", "inline"]


class LocalBackend:
    """Asks `app`, any ASGI 3 application, and runs its lifespan once.

    `isolation`: `thread` gives the application a loop and a thread of its own, so that nothing it does harms the
    caller's loop; `inline` runs it in the caller's task. `variables` are set in the otherwise empty context of
    its lifespan and of each call. `startup_timeout` and `shutdown_timeout` are in seconds.
    A start that fails is tried again after each of `retry()`'s delays, waited for by `sleep`. A cancelled call that
    runs for `leak_after` more seconds counts as leaked.
    """

    def __init__(
        self,
        app: Any,
        *,
        name: str = "v2",
        isolation: Isolation = "thread",
        variables: Variables | None = None,
        startup_timeout: float = 30.0,
        shutdown_timeout: float = 10.0,
        leak_after: float = 1.0,
        retry: Callable[[], Iterator[float]] = exponential,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        log: logging.Logger | None = None,
    ) -> None:
        self._app = app
        self._name = name
        self._variables = variables or {}
        self._ordinary = CallOptions(self._variables)
        self._startup_timeout = startup_timeout
        self._shutdown_timeout = shutdown_timeout
        self._retry = retry
        self._sleep = sleep
        self._log = log or logging.getLogger("gateway.backends.local")
        self._lane: Lane = (
            ThreadLane(name, self._log, leak_after=leak_after) if isolation == "thread" else InlineLane(self._log)
        )
        self._state = State(Phase.DOWN, "it was not started")
        self._lifespan: Lifespan | None = None
        self._lifespan_state: Mapping[str, Any] = {}
        self._supervisor: asyncio.Task[None] | None = None
        self._settled = asyncio.Event()

    @property
    def state(self) -> State:
        """How it is at this moment."""
        return self._state

    @property
    def leaked(self) -> int:
        """Calls that were cancelled and still run: what a breaker looks at."""
        return self._lane.leaked

    @property
    def revivals(self) -> int:
        """How often the application stopped its own loop, and it was entered again."""
        return self._lane.revivals

    def loop_lag(self) -> float:
        """Seconds that the application's loop is behind; 0 for `inline`. Cheap, and not held up by that loop."""
        return self._lane.lag()

    async def start(self) -> None:
        """Begin to start the application; returns at once. `settled` waits for the first attempt."""
        self._state = State(Phase.STARTING, "its startup is not complete")
        self._supervisor = asyncio.get_running_loop().create_task(self._supervise())

    async def settled(self) -> State:
        """The state after the first attempt to start, which takes at most `startup_timeout`."""
        await self._settled.wait()
        return self._state

    async def stop(self, grace: float) -> None:
        """Refuse new calls, let those in flight end for `grace` seconds, run the application's shutdown, let go."""
        self._state = State(Phase.DOWN, "it is stopping")
        if self._supervisor is not None:
            self._supervisor.cancel()
            await asyncio.wait({self._supervisor})
        await self._lane.drain(grace)
        if self._lifespan is not None:
            try:
                await self._lane.run(self._lifespan.shutdown, self._shutdown_timeout)
            except TimeoutError:
                self._log.error("%s did not shut down within %s s", self._name, self._shutdown_timeout)
            except Exception:  # noqa: BLE001 - logged, and the process goes on to end
                self._log.exception("%s failed to shut down", self._name)
        await self._lane.close()
        self._state = State(Phase.DOWN, "it was stopped")

    async def __call__(self, scope: Scope, receive: Receive, send: Send, /) -> None:
        """Ask the application."""
        await self._call(scope, receive, send, self._ordinary)

    def shadow(self) -> Backend:
        """The same application, asked as a shadow: it can know that (`IS_SHADOW`), and runs no background tasks.

        A call lasts until the application has returned, so that the end of its dependencies is part of it, and raises
        what the application raised, be it after a complete answer.
        """
        leave_out_background_tasks()
        return _Variant(self._call, CallOptions({**self._variables, IS_SHADOW: True}, until_return=True))

    async def _call(self, scope: Scope, receive: Receive, send: Send, options: CallOptions) -> None:
        if self._state.phase is not Phase.UP:
            self._state.require_up(self._name)
        await self._lane.call(self._app, private_scope(scope, self._lifespan_state), receive, send, options)

    async def _supervise(self) -> None:
        """Try until the application has started."""
        for delay in self._retry():
            reason = await self._attempt()
            if not reason:
                self._state = State(Phase.UP)
                self._settled.set()
                return
            self._state = State(Phase.DOWN, reason)
            self._settled.set()
            self._log.error("%s is down: %s; next attempt in %.3g s", self._name, reason, delay)
            await self._sleep(delay)

    async def _attempt(self) -> str:
        """Start the application once; the reason when it did not start, else nothing."""
        try:
            await self._lane.run(self._start_application, self._startup_timeout)
        except BackendUnavailable as error:
            return f"its startup failed: {error}"
        except TimeoutError:
            return f"its startup took more than {self._startup_timeout:g} s"
        except (RuntimeError, OSError) as error:
            return f"no thread could be started for it: {error}"
        return ""

    async def _start_application(self) -> None:
        """On the application's loop."""
        lifespan = Lifespan(self._app, self._log, self._variables)
        await lifespan.startup()
        self._lifespan_state = lifespan.state
        self._lifespan = lifespan


class _Variant:
    """A backend with other options."""

    __slots__ = ("_call", "_options")

    def __init__(self, call: Callable[[Scope, Receive, Send, CallOptions], Awaitable[None]], opt: CallOptions) -> None:
        self._call = call
        self._options = opt

    async def __call__(self, scope: Scope, receive: Receive, send: Send, /) -> None:
        await self._call(scope, receive, send, self._options)
