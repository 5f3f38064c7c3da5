"""uvicorn, set up as a front door: nothing of its own on the wire or in the log, our limits in its protocol."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, cast

import uvicorn

from gateway.asgi import Backend
from gateway.server.protocol import BoundedHttp, Limits
from gateway.server.room import Room, RoomedHttp
from gateway.settings import Settings


def http_config(
    app: Backend,
    settings: Settings,
    *,
    rejected: Callable[[str], None],
    grace: float,
    most_connections: int | None = None,
) -> uvicorn.Config:
    """The configuration of a server for `app`, which is not asked for a lifespan: its builder starts and stops it.

    `grace`, in seconds, is how long requests in flight may take when the server stops. One connection more than
    `most_connections` is closed at once; None is for as many as there are file descriptors.
    """
    limits = Limits(head_timeout=settings.head_timeout)
    if most_connections is None:
        protocol: Callable[..., BoundedHttp] = partial(BoundedHttp, limits=limits, rejected=rejected)
    else:
        protocol = partial(RoomedHttp, room=Room(most_connections), limits=limits, rejected=rejected)
    trusted = [network.strip() for network in settings.trusted_proxies.split(",") if network.strip()]
    return uvicorn.Config(
        cast("Any", app),
        http=cast("type[asyncio.Protocol]", protocol),  # called like a class, and nothing else is done with it
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(trusted),
        forwarded_allow_ips=trusted,
        timeout_keep_alive=cast("int", settings.keep_alive),  # seconds, handed to `call_later`
        timeout_graceful_shutdown=cast("int", grace),  # seconds, handed to `wait_for`
    )


def new_event_loop() -> asyncio.AbstractEventLoop:
    """A loop of uvloop's, where there is one."""
    try:
        import uvloop  # noqa: PLC0415 # not on every platform
    except ImportError:
        return asyncio.new_event_loop()
    return cast("asyncio.AbstractEventLoop", uvloop.new_event_loop())
