"""The cases in Litestar, which is no child of Starlette."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import litestar as framework
from litestar.background_tasks import BackgroundTask as Task
from litestar.background_tasks import BackgroundTasks as Tasks
from litestar.di import Provide
from litestar.response import File, ServerSentEvent, Stream

from tests.contract.asgi.content import Failed, later_numbers, the_file
from tests.contract.asgi.transcript import note, probe_of


def application() -> framework.Litestar:
    """The application."""

    async def session_of(request: framework.Request[Any, Any, Any]) -> AsyncIterator[str]:
        probe = probe_of(request.scope)
        try:
            yield probe
        except BaseException:
            note(probe, "rollback")
            raise
        note(probe, "commit")

    @framework.get("/json")
    async def json() -> dict[str, int]:
        return {"a": 1}

    @framework.get("/file")
    async def file() -> File:
        return File(the_file())

    @framework.get("/stream")
    async def stream() -> Stream:
        return Stream(later_numbers())

    @framework.get("/events")
    async def server_sent() -> ServerSentEvent:
        return ServerSentEvent(iter("abc"))

    @framework.post("/upload")
    async def upload(request: framework.Request[Any, Any, Any]) -> dict[str, int]:
        return {"bytes": len(await request.body())}

    @framework.get("/raises")
    async def raises() -> None:
        raise Failed("before the first byte")

    @framework.get("/session", dependencies={"session": Provide(session_of)})
    async def with_session(session: str) -> dict[str, int]:
        return {"a": len(session)}

    @framework.get("/background")
    async def background(request: framework.Request[Any, Any, Any]) -> framework.Response[dict[str, int]]:
        return framework.Response({"a": 1}, background=Task(note, probe_of(request.scope), "background"))

    @framework.get("/background/several")
    async def several(request: framework.Request[Any, Any, Any]) -> framework.Response[dict[str, int]]:
        task = Task(note, probe_of(request.scope), "background")
        return framework.Response({"a": 1}, background=Tasks([task]))

    handlers = [json, file, stream, server_sent, upload, raises, with_session, background, several]
    return framework.Litestar(route_handlers=handlers, openapi_config=None)
