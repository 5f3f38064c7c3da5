"""What only v2 has: a clock as server-sent events, and an echo as a WebSocket. Flask never offered either."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, WebSocket
from starlette.responses import StreamingResponse

router = APIRouter(prefix="/v2", tags=["v2 only"])


@router.get("/clock")
async def clock(
    interval: Annotated[float, Query(ge=0.01, le=60)] = 1.0,  # gateway: ignore[query.number] legacy has no such route
    count: Annotated[int | None, Query(ge=1)] = None,  # gateway: ignore[query.number] the same
) -> StreamingResponse:
    """The time in UTC, every `interval` seconds, `count` times or until the client leaves."""

    async def ticks() -> AsyncIterator[str]:
        number = 0
        while count is None or number < count:
            if number:
                await asyncio.sleep(interval)
            number += 1
            yield f"id: {number}\nevent: tick\ndata: {datetime.now(UTC).isoformat()}\n\n"

    return StreamingResponse(
        ticks(),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


@router.websocket("/echo")
async def echo(websocket: WebSocket) -> None:
    """Send every text back, until the client leaves."""
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text)
