"""`GET /events`: says when to look again, as server-sent events.

    event: tick
    data: {"revision": "9f86d081...", "force": null, "version": 41}

A tick comes at once, and then whenever something changed, at most every `PACE` seconds; in between a comment keeps the
connection alive. The stream ends when the gateway drains: a browser then asks again, and meets whoever follows.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from http import HTTPStatus

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from gateway.console.access import allow
from gateway.console.auth import Access
from gateway.console.context import Console
from gateway.console.refusals import Denied, Refused
from gateway.console.views.picture import Picture
from gateway.console.views.reader import Reader

CLIENTS = 64
"""Streams at once; each holds a connection for as long as somebody looks."""
PACE = 1.0
HEARTBEAT = 15.0
RETRY_MILLISECONDS = 2000

FULL = Denied(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "too_many_streams",
    f"{CLIENTS} pages are kept up to date already; reload by hand, or close one",
    headers={"Retry-After": "30"},
)


def events_router(console: Console) -> APIRouter:
    """The endpoint."""
    router = APIRouter(tags=["reading"], dependencies=[allow(Access.READ)])
    streams = Streams(console.reader)

    @router.get(
        "/events",
        response_class=StreamingResponse,
        responses={200: {"content": {"text/event-stream": {}}}, 503: {"description": "Too many streams."}},
        include_in_schema=False,  # it does not end by itself, so no client that is made of a description can use it
    )
    async def events() -> StreamingResponse:
        """Whenever something changed: the revision, the forced side, and a version that grows."""
        return streams.open()

    return router


class Streams:
    """The streams of one console. On the console's loop."""

    def __init__(self, reader: Reader, *, pace: float = PACE, heartbeat: float = HEARTBEAT) -> None:
        self._reader = reader
        self._pace = pace
        self._heartbeat = heartbeat
        self._open = 0

    def open(self) -> StreamingResponse:
        """One more stream. Raises Refused when there are enough."""
        if self._open >= CLIENTS:
            raise Refused(FULL)
        return StreamingResponse(self._ticks(), media_type="text/event-stream")

    async def _ticks(self) -> AsyncIterator[str]:
        self._open += 1
        try:
            yield f"retry: {RETRY_MILLISECONDS}\n\n"
            told, silent = -1, 0.0
            while True:
                self._reader.look()
                picture = self._reader.latest
                if picture is not None and picture.version != told:
                    told, silent = picture.version, 0.0
                    yield tick(picture)
                elif silent >= self._heartbeat:
                    silent = 0.0
                    yield ": still here\n\n"
                if picture is not None and picture.is_draining:
                    return
                await asyncio.sleep(self._pace)
                silent += self._pace
        finally:
            self._open -= 1


def tick(picture: Picture) -> str:
    """The event of a picture."""
    data = {"revision": picture.revision, "force": picture.force, "version": picture.version}
    return f"event: tick\ndata: {json.dumps(data)}\n\n"
