"""The FastAPI application on the traffic port."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from fastapi import FastAPI

from gateway.asgi import Backend, Receive, Scope, Send


class Host(FastAPI):
    """Hands traffic to the door and the lifespan to FastAPI.

    It owns no path there, not even `/docs`: requests go to the door before any router or middleware, since each of
    those would see them before the applications do. What is FastAPI's is the lifespan.
    """

    def __init__(self, door: Backend, lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]]) -> None:
        super().__init__(openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan)
        self.door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand traffic to the door, and the lifespan to FastAPI."""
        if scope["type"] == "lifespan":
            await super().__call__(scope, receive, send)
        else:
            await self.door(scope, receive, send)
