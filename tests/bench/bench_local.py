"""What it costs to ask an application in process: bare, inline, and on its own thread.

    python tests/bench/bench_local.py [--seconds 1] [--rounds 5] [--at 1,50]

Rounds are interleaved, so that a busy machine harms all alike; medians are compared. No server and no sockets: the
application is called as a server would call it, one task a request, `--at` of them at once.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import uvloop
from fastapi import FastAPI

from gateway.asgi import Backend, Message, Scope
from gateway.backends.local import LocalBackend


async def tiny(scope, receive, send):
    """The smallest ASGI application there is; its lifespan is not supported."""
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"hello"})


def fastapi_app() -> FastAPI:
    app = FastAPI(openapi_url=None)

    @app.get("/hello")
    async def hello() -> dict[str, str]:
        return {"hello": "world"}

    return app


def request_scope() -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/hello",
        "raw_path": b"/hello",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"localhost"), (b"user-agent", b"bench"), (b"accept", b"*/*"), (b"cookie", b"a=b")],
        "client": ("127.0.0.1", 40000),
        "server": ("127.0.0.1", 8000),
        "state": {},
    }


async def _never() -> Message:
    await asyncio.get_running_loop().create_future()
    raise AssertionError


async def _ignore(_message: Message) -> None:
    return


async def measure(backend: Backend, at_once: int, seconds: float) -> float:
    """Microseconds of wall clock a request."""
    deadline = time.perf_counter() + seconds
    done = 0

    async def client() -> None:
        nonlocal done
        while time.perf_counter() < deadline:
            await asyncio.create_task(backend(request_scope(), _never, _ignore))
            done += 1

    start = time.perf_counter()
    await asyncio.gather(*[client() for _ in range(at_once)])
    return (time.perf_counter() - start) / done * 1e6


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--at", default="1,50")
    options = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    for label, app in (("tiny ASGI", tiny), ("FastAPI", fastapi_app())):
        inline, thread = LocalBackend(app, isolation="inline"), LocalBackend(app, isolation="thread")
        for backend in (inline, thread):
            await backend.start()
            await backend.settled()
        lanes: dict[str, Backend] = {"bare": app, "inline": inline, "thread": thread}
        for at_once in map(int, options.at.split(",")):
            times: dict[str, list[float]] = {name: [] for name in lanes}
            for _ in range(options.rounds):
                for name, lane in lanes.items():
                    times[name].append(await measure(lane, at_once, options.seconds))
            bare = statistics.median(times["bare"])
            for name, samples in times.items():
                took = statistics.median(samples)
                print(
                    f"{label:10} {at_once:4} at once  {name:7} {took:7.1f} us"
                    f"  +{took - bare:6.1f} us  requests/s x {bare / took:.2f}",
                    flush=True,
                )
        for backend in (inline, thread):
            await backend.stop(1.0)


if __name__ == "__main__":
    uvloop.run(main())
