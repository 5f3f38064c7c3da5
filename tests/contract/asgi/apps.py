"""ASGI applications of several frameworks, each with the cases that a way of asking them could get wrong.

`/<way>/<application>/<case>`: the first part says to the gateway how to ask, and is nothing to the application.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any

from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.routing import Route

from gateway.compat.hooks import hooks
from gateway.compat.legacy import bind
from gateway.compat.wire.install import install
from tests.contract.asgi import litestar_app, quart_app
from tests.contract.asgi.content import CHUNK, Failed, later_numbers, numbers, the_file
from tests.contract.asgi.transcript import Recorded, note, probe_of

# ------------------------------------------------------------------------------------------------ FastAPI


async def session(request: Request) -> AsyncIterator[str]:
    """The usual session dependency: commit, or roll back and say so."""
    probe = probe_of(request.scope)
    note(probe, "begin")
    try:
        yield probe
    except BaseException as error:
        note(probe, f"rollback:{type(error).__name__}")
        raise
    else:
        note(probe, "commit")
    finally:
        note(probe, "close")


def sync_session(request: Request) -> Iterator[str]:
    """The same for synchronous code: FastAPI ends it on a thread."""
    probe = probe_of(request.scope)
    try:
        yield probe
        note(probe, "commit")
    except BaseException:
        note(probe, "rollback")
        raise


async def failing_commit(request: Request) -> AsyncIterator[None]:
    yield
    note(probe_of(request.scope), "commit fails")
    raise Failed("the commit")


Session = Annotated[str, Depends(session)]


async def broken_numbers() -> AsyncIterator[bytes]:
    yield CHUNK
    await asyncio.sleep(0.02)
    raise Failed("in the middle")


async def events() -> AsyncIterator[str]:
    for number in range(3):
        yield f"data: {number}\n\n"
        await asyncio.sleep(0.005)


async def endless(probe: str) -> AsyncIterator[bytes]:
    try:
        while True:
            yield CHUNK
            await asyncio.sleep(0.005)
    finally:
        note(probe, "closed")


def add_cases(app: FastAPI) -> FastAPI:
    """Every case, in FastAPI."""

    @app.get("/json")
    async def json() -> dict[str, int]:
        return {"a": 1}

    @app.get("/sync")
    def sync() -> dict[str, int]:
        return {"a": 1}

    @app.api_route("/file", methods=["GET", "HEAD"])
    def file() -> FileResponse:
        return FileResponse(the_file())

    @app.get("/stream")
    def stream() -> StreamingResponse:
        return StreamingResponse(numbers())

    @app.get("/stream/async")
    def stream_async() -> StreamingResponse:
        return StreamingResponse(later_numbers())

    @app.get("/stream/broken")
    def stream_broken() -> StreamingResponse:
        return StreamingResponse(broken_numbers())

    @app.get("/events")
    def server_sent() -> StreamingResponse:
        return StreamingResponse(events(), media_type="text/event-stream")

    @app.post("/upload")
    async def upload(request: Request) -> dict[str, int]:
        return {"bytes": len(await request.body())}

    @app.post("/upload/streamed")
    async def upload_streamed(request: Request) -> dict[str, int]:
        return {"bytes": sum([len(chunk) async for chunk in request.stream()])}

    @app.post("/upload/unread")
    async def upload_unread() -> dict[str, int]:
        return {"bytes": 0}

    @app.get("/raises")
    async def raises() -> None:
        raise Failed("before the first byte")

    @app.get("/raises/sync")
    def raises_sync() -> None:
        raise Failed("before the first byte")

    @app.get("/missing")
    async def missing() -> None:
        raise HTTPException(404, "there is none")

    @app.get("/session")
    async def with_session(_session: Session) -> dict[str, int]:
        return {"a": 1}

    @app.post("/session")
    async def writes(_session: Session, request: Request) -> dict[str, int]:
        return {"bytes": len(await request.body())}

    @app.get("/session/sync")
    def with_sync_session(_session: Annotated[str, Depends(sync_session)]) -> dict[str, int]:
        return {"a": 1}

    @app.get("/session/stream")
    async def with_session_streamed(_session: Session) -> StreamingResponse:
        return StreamingResponse(later_numbers())

    @app.get("/session/file")
    async def with_session_file(_session: Session) -> FileResponse:
        return FileResponse(the_file())

    @app.get("/session/raises")
    async def with_session_raises(_session: Session) -> None:
        raise Failed("in the endpoint")

    @app.get("/session/fails", dependencies=[Depends(failing_commit)])
    async def commit_fails() -> dict[str, int]:
        return {"a": 1}

    @app.get("/background")
    async def background(tasks: BackgroundTasks, probe: Session) -> dict[str, int]:
        tasks.add_task(note, probe, "background")
        return {"a": 1}

    @app.get("/background/response")
    async def background_response(probe: Session) -> Response:
        return JSONResponse({"a": 1}, background=BackgroundTask(note, probe, "background"))

    @app.get("/background/stream")
    async def background_stream(probe: Session) -> Response:
        return StreamingResponse(later_numbers(), background=BackgroundTask(note, probe, "background"))

    @app.get("/background/callable")
    async def background_callable(probe: Session) -> Response:
        async def run() -> None:
            note(probe, "background")

        return JSONResponse({"a": 1}, background=run)  # type: ignore[arg-type] # Starlette awaits whatever is there

    @app.get("/endless")
    async def without_end(request: Request) -> StreamingResponse:
        return StreamingResponse(endless(probe_of(request.scope)))

    @app.get("/waits")
    async def waits(request: Request, probe: Session) -> dict[str, int]:
        note(probe, "waiting")
        while not await request.is_disconnected():  # noqa: ASYNC110 - it is what applications do
            await asyncio.sleep(0.01)
        return {"a": 1}

    return app


async def passes_through(request: Request, call_next: Any) -> Any:
    """What `@app.middleware("http")` is used for, without what it does."""
    return await call_next(request)


async def reads_the_body(request: Request, call_next: Any) -> Any:
    """A middleware that looks at the body first, as loggers do."""
    await request.body()
    return await call_next(request)


def behind(*middlewares: Any) -> FastAPI:
    app = FastAPI(openapi_url=None)
    for middleware in middlewares:
        app.add_middleware(BaseHTTPMiddleware, dispatch=middleware)
    return add_cases(app)


def on_compat() -> FastAPI:
    """Legacy's error pages and hooks around every route, and a BaseHTTPMiddleware in front."""
    app = FastAPI(openapi_url=None, dependencies=[Depends(hooks("before"))])
    install(app, "errors.pages")
    bind(app, "tests.contract.asgi.other_side:legacy")
    app.add_middleware(BaseHTTPMiddleware, dispatch=passes_through)
    return add_cases(app)


# ------------------------------------------------------------------------------------------------ others


def on_starlette() -> Starlette:
    async def json(_request: Request) -> Response:
        return JSONResponse({"a": 1})

    async def file(_request: Request) -> Response:
        return FileResponse(the_file())

    async def stream(_request: Request) -> Response:
        return StreamingResponse(numbers())

    async def upload(request: Request) -> Response:
        return JSONResponse({"bytes": len(await request.body())})

    async def raises(_request: Request) -> Response:
        raise Failed("before the first byte")

    async def background(request: Request) -> Response:
        return JSONResponse({"a": 1}, background=BackgroundTask(note, probe_of(request.scope), "background"))

    routes = [
        Route("/json", json),
        Route("/file", file),
        Route("/stream", stream),
        Route("/upload", upload, methods=["POST"]),
        Route("/raises", raises),
        Route("/background", background),
    ]
    return Starlette(routes=routes, middleware=[Middleware(BaseHTTPMiddleware, dispatch=passes_through)])


# ------------------------------------------------------------------------------------------------ pure


async def pure(scope: Any, receive: Any, send: Any) -> None:  # noqa: PLR0912 - one case a behaviour
    """No framework: each case is its messages."""

    async def start(length: int | None = None, status: int = 200) -> None:
        headers = [(b"content-type", b"text/plain")]
        headers += [] if length is None else [(b"content-length", b"%d" % length)]
        await send({"type": "http.response.start", "status": status, "headers": headers})

    async def body(content: bytes = b"ok", *, more: bool = False) -> None:
        await send({"type": "http.response.body", "body": content, "more_body": more})

    match scope["path"]:
        case "/asks-three-times":
            await receive()
            third = asyncio.gather(receive(), receive())  # a server answers these when the answer is complete
            await asyncio.sleep(0.05)
            await start(2)
            await body()
            await third
        case "/asks-afterwards":
            await start(2)
            await body()
            await receive()
            await receive()
        case "/never-asks":
            await start(2)
            await body()
        case "/answers-first":
            await start(2)
            await body()
            while (await receive())["type"] != "http.disconnect":
                pass
        case "/reads":
            more = True
            while more:
                more = (await receive()).get("more_body", False)
            await start()
            await body(b"read")
            await receive()
        case "/no-length":
            await start()
            await body(b"a", more=True)
            await body(b"", more=True)
            await body(b"b", more=True)
            await body(b"")
        case "/too-long":
            await start(2)
            await body(b"three")
        case "/too-short":
            await start(9)
            await body(b"three")
        case "/too-long-later":
            await start(4)
            await body(b"abc", more=True)
            await body(b"def")
        case "/sends-after":
            await start(2)
            await body()
            await body(b"more")
        case "/starts-twice":
            await start(2)
            await start(2)
        case "/body-first":
            await body()
        case "/catches":
            await start(2)
            try:
                await body(b"three")
            except RuntimeError:
                await body(b"ok")
        case "/nothing":
            return
        case "/start-only":
            await start(2)
        case "/raises-after":
            await start(2)
            await body()
            raise Failed("after the answer")
        case "/raises-after-start":
            await start(100)
            await body(b"some", more=True)
            await asyncio.sleep(0.02)
            raise Failed("after the first bytes")
        case "/server-error":
            await start(4, 500)
            await body(b"oops")
        case "/works-on":
            await start(2)
            await body()
            await asyncio.sleep(0.05)
            note(probe_of(scope), "worked-on")
        case _:
            await start(4, 404)
            await body(b"none")


APPLICATIONS: dict[str, Any] = {
    "pure": pure,
    "fastapi": behind(),
    "based": behind(passes_through),
    "twice": behind(passes_through, reads_the_body),
    "compat": on_compat(),
    "starlette": on_starlette(),
    "litestar": litestar_app.application(),
    "quart": quart_app.application(),
}


async def dispatch(scope: Any, receive: Any, send: Any) -> None:
    """Hand a request to its application, as if it were alone. None of them needs its lifespan."""
    if scope["type"] == "lifespan":
        await APPLICATIONS["fastapi"](scope, receive, send)
        return
    _, _way, name, case = scope["path"].split("/", 3)
    target = f"/{case}"
    await APPLICATIONS[name]({**scope, "path": target, "raw_path": target.encode()}, receive, send)


app = Recorded(dispatch)
