"""A v2 that misbehaves: `/on/<mode>` says how. Below it is a real FastAPI application, for what only frameworks do.

`MODES` says what the shadow lane must count for each mode.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, NoReturn

from fastapi import BackgroundTasks, Depends, FastAPI, Request, Response
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Mode = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

ANSWERED, TIMEOUT, EXCEPTION, PROTOCOL = "answered", "timeout", "exception", "protocol_error"
MEGABYTE = b"x" * 1024**2
HUGE = json.dumps([{"number": number, "text": "x" * 50} for number in range(20_000)])
TEXT = [(b"content-type", b"text/plain")]


class Unforeseen(BaseException):
    """Neither an Exception nor one that Python knows."""


def raises(error: BaseException) -> Mode:
    async def mode(scope, receive, send) -> NoReturn:
        raise error

    return mode


def sends(*messages: Any) -> Mode:
    async def mode(scope, receive, send) -> None:
        for message in messages:
            await send(message)

    return mode


def start(status: Any = 200, headers: Any = TEXT) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": headers}


def body(content: Any = b"v2", *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": content, "more_body": more}


async def hangs(scope, receive, send) -> None:
    await asyncio.Event().wait()


async def hangs_after_start(scope, receive, send) -> None:
    await send(start())
    await asyncio.Event().wait()


async def waits_for_the_client(scope, receive, send) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def sleeps(scope, receive, send) -> None:
    time.sleep(1)  # noqa: ASYNC251 - the fault itself
    await answers(scope, receive, send)


async def burns(scope, receive, send) -> None:
    until = time.thread_time() + 1
    while time.thread_time() < until:
        pass
    await answers(scope, receive, send)


async def answers(scope, receive, send) -> None:
    await send(start())
    await send(body())


async def raises_in_the_middle(scope, receive, send) -> None:
    await send(start())
    await send(body(more=True))
    raise ValueError("in the middle")


async def infinite_fast(scope, receive, send) -> None:
    await send(start())
    while True:
        await send(body(MEGABYTE, more=True))


async def infinite_slow(scope, receive, send) -> None:
    await send(start())
    while True:
        await send(body(b"x", more=True))
        await asyncio.sleep(0.01)


async def infinite_empty(scope, receive, send) -> None:
    await send(start())
    while True:
        await send(body(b"", more=True))


async def swallows_cancellation(scope, receive, send) -> None:
    until = time.monotonic() + 3
    while time.monotonic() < until:
        try:
            await asyncio.sleep(until - time.monotonic())
        except asyncio.CancelledError:
            continue


async def leaks_tasks(scope, receive, send) -> None:
    for _ in range(10):
        asyncio.get_running_loop().create_task(asyncio.sleep(2))
    await answers(scope, receive, send)


async def exits_in_a_task(scope, receive, send) -> None:
    async def task() -> None:
        raise SystemExit(3)

    asyncio.get_running_loop().create_task(task())
    await asyncio.sleep(0.01)
    await answers(scope, receive, send)


async def stops_its_loop(scope, receive, send) -> None:
    asyncio.get_running_loop().stop()
    await answers(scope, receive, send)


async def mutates_everything(scope, receive, send) -> None:
    message = await receive()
    message["body"] = b"changed"
    environ = dict(os.environ)
    environ.clear()
    scope["headers"].clear()
    scope["headers"].append((b"host", b"evil"))
    scope["state"].clear()
    scope["state"]["request_id"] = "evil"
    scope["path"] = scope["raw_path"] = scope["query_string"] = b"/evil"
    scope["client"] = ("6.6.6.6", 6)
    scope["asgi"].clear()
    headers = list(TEXT)
    head, end = start(headers=headers), body()
    await send(head)
    headers.clear()
    head.clear()
    await send(end)
    end.clear()


def recurses(depth: int = 0) -> int:
    return recurses(depth + 1) + 1


async def recursion(scope, receive, send) -> None:
    recurses()


frameworks = FastAPI()


@frameworks.middleware("http")
async def passes_through(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """As most applications have one: what is below it runs in a task of its own."""
    return await call_next(request)


async def commits_too_late() -> AsyncIterator[None]:
    yield
    raise RuntimeError("the commit of v2")


@frameworks.get("/on/background_raises")
async def background_raises(tasks: BackgroundTasks) -> str:
    tasks.add_task(_leave_a_trace, ValueError("in the background"))
    return "answered"


@frameworks.get("/on/background_sleeps")
async def background_sleeps(tasks: BackgroundTasks) -> str:
    tasks.add_task(_leave_a_trace, None)
    return "answered"


@frameworks.get("/on/huge_json")
async def huge_json() -> PlainTextResponse:
    return PlainTextResponse(HUGE, media_type="application/json")


@frameworks.get("/on/deep_json")
async def deep_json() -> PlainTextResponse:
    return PlainTextResponse("[" * 20_000 + "]" * 20_000, media_type="application/json")


@frameworks.get("/on/large_mismatch")
async def large_mismatch() -> JSONResponse:
    return JSONResponse({"numbers": list(range(2_000, 0, -1))})


@frameworks.get("/on/unhandled")
async def unhandled() -> None:
    raise RuntimeError("a bug of v2")


@frameworks.get("/on/raises_after_answer", dependencies=[Depends(commits_too_late)])
async def raises_after_answer() -> str:
    return "answered"


@frameworks.get("/on/download")
async def download() -> FileResponse:
    return FileResponse(__file__)


@frameworks.get("/on/server_error")
async def server_error() -> JSONResponse:
    return JSONResponse({"detail": "overloaded"}, 503)


def _leave_a_trace(error: Exception | None) -> None:
    Path(os.environ["BACKGROUND_TRACE"]).write_text("a background task of a shadow ran", encoding="utf-8")
    if error is not None:
        raise error
    time.sleep(1)


RAW: dict[str, tuple[Mode, str]] = {
    "fine": (answers, ANSWERED),
    "hangs": (hangs, TIMEOUT),
    "hangs_after_start": (hangs_after_start, TIMEOUT),
    "waits_for_the_client": (waits_for_the_client, TIMEOUT),
    "raises_exception": (raises(ValueError("bug")), EXCEPTION),
    "raises_base_exception": (raises(Unforeseen()), EXCEPTION),
    "raises_system_exit": (raises(SystemExit(1)), EXCEPTION),
    "raises_keyboard_interrupt": (raises(KeyboardInterrupt()), EXCEPTION),
    "raises_generator_exit": (raises(GeneratorExit()), EXCEPTION),
    "raises_cancelled_error": (raises(asyncio.CancelledError()), EXCEPTION),
    "raises_in_the_middle": (raises_in_the_middle, EXCEPTION),
    "recursion": (recursion, EXCEPTION),
    "infinite_fast_body": (infinite_fast, ANSWERED),
    "infinite_slow_body": (infinite_slow, TIMEOUT),
    "infinite_empty_body": (infinite_empty, TIMEOUT),
    "header_of_10_mb": (sends(start(headers=[(b"x-large", b"x" * 10**7)]), body()), PROTOCOL),
    "unknown_message": (sends({"type": "http.response.surprise"}), PROTOCOL),
    "message_none": (sends(None), PROTOCOL),
    "body_before_start": (sends(body(), start()), PROTOCOL),
    "status_is_text": (sends(start("200"), body()), PROTOCOL),
    "headers_are_text": (sends(start(headers=[("content-type", "text/plain")]), body()), PROTOCOL),
    "header_with_a_newline": (sends(start(headers=[(b"x-note", b"a\r\nset-cookie: evil=1")]), body()), PROTOCOL),
    "body_is_text": (sends(start(), body("text")), PROTOCOL),
    "starts_twice": (sends(start(), start(), body()), PROTOCOL),
    "says_nothing": (sends(), PROTOCOL),
    "says_no_end": (sends(start(), body(more=True)), PROTOCOL),
    "content_length_too_large": (sends(start(headers=[*TEXT, (b"content-length", b"999")]), body()), PROTOCOL),
    "content_length_too_small": (sends(start(headers=[*TEXT, (b"content-length", b"1")]), body()), PROTOCOL),
    "leaks_tasks": (leaks_tasks, ANSWERED),
    "mutates_everything": (mutates_everything, ANSWERED),
    "exits_in_a_task": (exits_in_a_task, ANSWERED),
    "stops_its_loop": (stops_its_loop, ANSWERED),
    "swallows_cancellation": (swallows_cancellation, TIMEOUT),
    # They hold v2's loop, and with it whatever else is asked of v2.
    "sleeps_in_async_def": (sleeps, TIMEOUT),
    "burns_cpu": (burns, TIMEOUT),
}
MODES: dict[str, str] = {
    **{name: outcome for name, (_, outcome) in RAW.items()},
    **dict.fromkeys(
        (
            "background_raises",
            "background_sleeps",
            "huge_json",
            "deep_json",
            "large_mismatch",
            "unhandled",
            "raises_after_answer",
            "download",
            "server_error",
        ),
        ANSWERED,
    ),
}
CAUSES = {
    **{name: f"outcome.{outcome.replace('_', '-')}" for name, outcome in MODES.items() if outcome != ANSWERED},
    "unhandled": "outcome.exception",
    "raises_after_answer": "outcome.exception-after-answer",
}
"""What names the mismatch, where it is what v2 did and not what it said; of background tasks nothing is seen."""
BLOCKING = ("sleeps_in_async_def", "burns_cpu")


async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        name = scope["path"].rpartition("/")[2]
        if name in RAW:
            await RAW[name][0](scope, receive, send)
            return
    await frameworks(scope, receive, send)
