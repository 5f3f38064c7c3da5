"""Background tasks are left out of shadows, whatever runs them, and run for clients."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import litestar
import litestar.background_tasks
import pytest
import quart
from starlette.applications import Starlette
from starlette.background import BackgroundTask, BackgroundTasks
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from gateway.backends.background_tasks import leave_out_background_tasks
from tests.unit.backends.conftest import running

pytestmark = pytest.mark.anyio

Note = Callable[[], None]


class LoudTask(BackgroundTask):
    """A task with a `__call__` of its own."""

    async def __call__(self) -> None:
        self.func()


class EventsResponse(Response):
    """A response with a `__call__` of its own, as packages for server-sent events have."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"data: 1\n\n"})
        if self.background is not None:
            await self.background()


async def numbers():
    yield b"1"
    yield b"2"


def several(note: Note) -> BackgroundTasks:
    tasks = BackgroundTasks()
    tasks.add_task(note)
    return tasks


def on_a_thread(note: Note) -> Any:
    async def run() -> None:
        await asyncio.to_thread(note)

    return run


STARLETTE: dict[str, Callable[[Note], Response]] = {
    "a task": lambda note: JSONResponse({}, background=BackgroundTask(note)),
    "tasks": lambda note: JSONResponse({}, background=several(note)),
    "a task of a class of its own": lambda note: JSONResponse({}, background=LoudTask(note)),
    "behind a stream": lambda note: StreamingResponse(numbers(), background=BackgroundTask(note)),
    "a function": lambda note: JSONResponse({}, background=on_a_thread(note)),
    "a function behind a stream": lambda note: StreamingResponse(numbers(), background=on_a_thread(note)),
    "a response of its own": lambda note: EventsResponse(background=BackgroundTask(note)),
    "both of their own": lambda note: EventsResponse(background=LoudTask(note)),
}


async def passes_on(request: Any, call_next: Any) -> Any:
    return await call_next(request)


async def adds_a_task(request: Any, call_next: Any) -> Any:
    response = await call_next(request)
    response.background = BackgroundTask(request.app.state.note)
    return response


def on_starlette(make: Callable[[Note], Response], note: Note, *middlewares: Any) -> Starlette:
    async def endpoint(_request: Any) -> Response:
        return make(note)

    app = Starlette(
        routes=[Route("/", endpoint)], middleware=[Middleware(BaseHTTPMiddleware, dispatch=one) for one in middlewares]
    )
    app.state.note = note
    return app


async def check(app: Any, noted: list[str], request_to: Any) -> None:
    """Not in a shadow; and for a client as ever, on the same backend."""
    async with running(app) as backend:
        await request_to().ask(backend.shadow())
        assert noted == []
        await request_to().ask(backend)
        async with asyncio.timeout(10):
            while noted != ["ran"]:  # noqa: ASYNC110 - the task has no event
                await asyncio.sleep(0.001)
        await request_to().ask(backend.shadow())
    assert noted == ["ran"]


@pytest.mark.parametrize("middlewares", [(), (passes_on,), (passes_on, passes_on)], ids=["bare", "behind one", "two"])
@pytest.mark.parametrize("kind", STARLETTE)
async def test_starlette_runs_no_background_task_in_a_shadow(request_to, kind, middlewares) -> None:
    """Case 87, trap 10. A BaseHTTPMiddleware runs the inner application in a task of its own."""
    noted: list[str] = []
    await check(on_starlette(STARLETTE[kind], lambda: noted.append("ran"), *middlewares), noted, request_to)


async def test_task_that_a_middleware_adds_is_left_out(request_to) -> None:
    noted: list[str] = []
    app = on_starlette(lambda _note: JSONResponse({}), lambda: noted.append("ran"), adds_a_task)
    await check(app, noted, request_to)


@pytest.mark.parametrize("several_at_once", [False, True])
async def test_litestar_runs_no_background_task_in_a_shadow(request_to, several_at_once) -> None:
    noted: list[str] = []
    task = litestar.background_tasks.BackgroundTask(lambda: noted.append("ran"))
    tasks = litestar.background_tasks.BackgroundTasks([task], run_in_task_group=True)

    @litestar.get("/")
    async def endpoint() -> litestar.Response[dict[str, int]]:
        return litestar.Response({}, background=tasks if several_at_once else task)

    await check(litestar.Litestar([endpoint], openapi_config=None), noted, request_to)


async def test_quart_starts_no_background_task_in_a_shadow(request_to) -> None:
    noted: list[str] = []
    app = quart.Quart(__name__)

    @app.get("/")
    async def endpoint() -> dict[str, int]:
        app.add_background_task(noted.append, "ran")
        return {}

    await check(app, noted, request_to)


def test_a_class_is_changed_once() -> None:
    leave_out_background_tasks()
    changed = BackgroundTask.__call__, Response.__call__, StreamingResponse.__call__
    leave_out_background_tasks()
    assert changed == (BackgroundTask.__call__, Response.__call__, StreamingResponse.__call__)


async def test_outside_of_a_shadow_a_task_does_what_it_did() -> None:
    leave_out_background_tasks()
    noted: list[str] = []
    await BackgroundTask(noted.append, "ran")()
    assert noted == ["ran"]
