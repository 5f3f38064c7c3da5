"""The stateful application of tests/support/stateful, hosted as the gateway hosts it, with each kind of session."""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from typing import NoReturn

import pytest
import redis
from flask import Flask

from tests.support.asgi import App
from tests.support.stateful import legacy, v2
from tests.support.stateful.visitor import Visitor, both

REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")


@pytest.fixture(scope="session")
def redis_url(missing: Callable[[str], NoReturn]) -> str:
    try:
        with redis.Redis.from_url(REDIS_URL, socket_connect_timeout=1) as connection:
            connection.ping()
    except redis.RedisError:
        missing("Redis")
    return REDIS_URL


@pytest.fixture(params=["cookie", "redis"])
def store(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def flask_app(store: str, request: pytest.FixtureRequest) -> Iterator[Flask]:
    if store == "cookie":
        yield legacy.create_app()
        return
    url, prefix = request.getfixturevalue("redis_url"), f"test:{secrets.token_hex(4)}:"
    yield legacy.create_app(REDIS_URL=url, SESSION_KEY_PREFIX=prefix)
    with redis.Redis.from_url(url) as connection:
        for key in connection.scan_iter(f"{prefix}*"):
            connection.delete(key)


@pytest.fixture
def applied() -> list[str]:
    """The switches that v2 used, in order."""
    return []


@pytest.fixture
async def sides(flask_app: Flask, applied: list[str]) -> AsyncIterator[dict[str, App]]:
    async with both(flask_app, v2.create_app(), applied) as found:
        yield found


@pytest.fixture
def visitor(sides: dict[str, App]) -> Visitor:
    return Visitor(sides)
