"""Server-sent events: the news ticker, and a heartbeat for the dashboards in the hallways."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import StreamingResponse

from v2.content import articles
from v2.content.models import shown
from v2.kept import PLAIN
from v2.resources import Held
from v2.wire import Args, header

router = APIRouter(prefix="/events", tags=["events"], route_class=PLAIN)

RETRY = "retry: 3000\n\n"


@router.get("")
async def latest(request: Request, args: Args, held: Held) -> StreamingResponse:
    """The latest articles, oldest first; a client that comes back gets what it has not seen."""
    count = min(max(args.integer("count", 5), 1), 50)
    found, _hit = await articles.list_articles(held, "", count, 0)
    seen = _seen(header(request, "last-event-id"))
    items = [shown(item) for item in reversed(found.items) if item.id > seen]

    async def stream() -> AsyncIterator[str]:
        yield RETRY
        for item in items:
            yield _event(item.id, "article", {"title": item.title, "url": item.url})

    return _event_stream(stream())


@router.get("/live")
async def live(args: Args) -> StreamingResponse:
    """A heartbeat, until the client leaves."""
    interval = min(max(args.number("interval", 1.0), 0.05), 30.0)

    async def stream() -> AsyncIterator[str]:
        beat = 0
        try:
            yield RETRY
            while True:
                beat += 1
                yield _event(beat, "heartbeat", {"beat": beat})
                await asyncio.sleep(interval)
        finally:
            logging.getLogger("v2.events").info("a listener left after %d heartbeats", beat)

    return _event_stream(stream())


def _seen(last: str) -> int:
    try:
        return int(last)
    except ValueError:
        return 0


def _event(number: int, name: str, data: dict[str, Any]) -> str:
    return f"id: {number}\nevent: {name}\ndata: {json.dumps(data)}\n\n"


def _event_stream(stream: AsyncIterator[str]) -> StreamingResponse:
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)
