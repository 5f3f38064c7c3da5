"""A partner that counts how many calls are with it at the same time. Runs in a thread of the test process."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

ANSWERS = {
    "weather": {"celsius": 21.5, "sky": "clear", "note": "Grüße"},
    "rates": {"base": "EUR", "rates": {"USD": 1.0925, "XXX": 1e-07}},
    "holidays": {"country": "DE", "holidays": ["2025-01-01"]},
}


class Partner:
    """Set `awaited` and `moods` before a request; read `peak` and `connections` after it."""

    def __init__(self) -> None:
        self.awaited = 1
        """Calls are held back until so many are there, for ten seconds at most."""
        self.moods: dict[str, str] = {}
        """Of a resource: `broken` (500), `garbled` (no JSON), `gone` (404) or `late` (never, in practice)."""
        self.peak = 0
        self.connections: set[tuple[str, int]] = set()
        self._present = 0
        self._arrival = asyncio.Condition()

    def reset(self, awaited: int = 1, **moods: str) -> None:
        self.awaited, self.moods = awaited, moods
        self.peak = 0
        self.connections = set()

    async def answer(self, request: Request) -> Response:
        name = request.path_params["name"]
        if request.client is not None:
            self.connections.add((request.client.host, request.client.port))
        self._present += 1
        self.peak = max(self.peak, self._present)
        try:
            async with self._arrival:
                self._arrival.notify_all()
                async with asyncio.timeout(10):
                    await self._arrival.wait_for(lambda: self.peak >= self.awaited)
            mood = self.moods.get(name)
            if mood == "late":
                await asyncio.sleep(30)
        finally:
            self._present -= 1
        if mood == "garbled":
            return PlainTextResponse("<html>It works!</html>")
        return JSONResponse(ANSWERS[name], {"broken": 500, "gone": 404}.get(mood or "", 200))


@contextmanager
def running_partner() -> Iterator[tuple[Partner, str]]:
    """A partner and its address."""
    partner = Partner()
    app = Starlette(routes=[Route("/v1/{name}", partner.answer)])
    # No grace: a late answer must not hold up the end of the tests.
    config = uvicorn.Config(app, log_level="critical", lifespan="off", timeout_graceful_shutdown=0)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="partner")
        thread.start()
        host, port = listener.getsockname()
        try:
            yield partner, f"http://{host}:{port}"
        finally:
            server.should_exit = True
            thread.join(10)
