"""A pair of applications for each test process, and others that are started when a test asks for them."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import NoReturn

import pytest
import redis

from tests.sample.scratch import scratch_database
from tests.sample_v2.pair import Pair, running_pair

REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
JWT_SECRET = "sample-v2-jwt-secret-key-32-bytes"

StartPair = Callable[..., Pair]


@pytest.fixture(scope="session")
def start_pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartPair]:
    """`start_pair(PARTNER_URL=...)`: both applications on a new database, until the end of the session."""
    with ExitStack() as stack:

        def start(server: str | None = None, module: str = "v2.main", **extra: str) -> Pair:
            folder = tmp_path_factory.mktemp("pair")
            environ = {
                "DATABASE_URL": stack.enter_context(scratch_database(folder, server)),
                "UPLOAD_FOLDER": str(folder / "uploads"),
                "CACHE_PREFIX": f"pair-{uuid.uuid4().hex}:",
                "CACHE_TTL": "3600",  # longer than the tests, so that both caches hold the same
                "JWT_SECRET_KEY": JWT_SECRET,
                "API_KEY": "sample-v2-api-key",
                "LEGACY_APP": "legacy.app:create_app()",
                "STRAPI_WEBHOOK_SECRET": "sample-v2-webhook-secret",
                **extra,
            }
            return stack.enter_context(running_pair(environ, folder, module))

        yield start


@pytest.fixture(scope="session")
def pair(start_pair: StartPair) -> Pair:
    """Alone: no partner, no CMS, no Redis."""
    return start_pair()


@pytest.fixture(scope="session")
def planted_pair(start_pair: StartPair) -> Pair:
    """The same, with the planted mistakes."""
    return start_pair(module="v2.planted")


@pytest.fixture(scope="session")
def redis_url(missing: Callable[[str], NoReturn]) -> str:
    try:
        with redis.Redis.from_url(REDIS_URL, socket_connect_timeout=1) as connection:
            connection.ping()
    except redis.RedisError:
        missing(f"Redis at {REDIS_URL}")
    return REDIS_URL
