"""The application on the traffic port."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI

from gateway.asgi import Receive, Scope, Send
from gateway.host import Host

pytestmark = pytest.mark.anyio


async def door(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["path"].encode()})


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/redoc", "/"])
async def test_no_path_is_the_hosts_own(path: str) -> None:
    @asynccontextmanager
    async def nothing(_app: FastAPI) -> AsyncIterator[None]:
        yield

    async with httpx.AsyncClient(transport=httpx.ASGITransport(Host(door, nothing)), base_url="http://a") as http:
        assert (await http.get(path)).text == path
