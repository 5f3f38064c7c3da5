"""Four ways to the same application: Flask's test client, gunicorn, the gateway in legacy mode, and in mode v2.

The last one is the whole promise: every route is answered by its FastAPI twin, and this suite notices nothing.

Each way has its own database, uploads and cache keys. It is started once per test process, when it is first asked for.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import redis

from tests.sample import processes
from tests.sample.browser import Browser
from tests.sample.client import Answer, Client, FlaskClient
from tests.sample.scratch import scratch_database

SECRETS = {
    "SECRET_KEY": "sample-suite-secret-key",
    "JWT_SECRET_KEY": "sample-suite-jwt-secret-key-32-bytes",
    "API_KEY": "sample-suite-api-key",
    "STRAPI_TOKEN": "sample-suite-strapi-token",
    "STRAPI_WEBHOOK_SECRET": "sample-suite-webhook-secret",
}
REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
WAYS = ("testclient", "gunicorn", "gateway", "v2")


@dataclass(frozen=True)
class Sample:
    """A running sample application."""

    way: str
    client: Client


@contextmanager
def running(way: str, environ: dict[str, str], log: Path) -> Iterator[Client]:
    """The application, started that way."""
    if way == "gunicorn":
        with processes.gunicorn(environ, log) as client:
            yield client
    elif way == "gateway":
        with processes.gateway(environ, log) as client:
            yield client
    elif way == "v2":
        with processes.gateway(environ, log, side="v2") as client:
            yield client
    else:
        from legacy.app import create_app  # noqa: PLC0415  the other ways do not need it here

        with pytest.MonkeyPatch.context() as patch:
            for name in ("DATABASE_URL", "REDIS_URL", "STRAPI_URL", "PARTNER_URL"):
                patch.delenv(name, raising=False)
            for name, value in environ.items():
                patch.setenv(name, value)
            app = create_app()
        yield FlaskClient(app)


@pytest.fixture(scope="session")
def redis_url() -> str | None:
    """Redis, where there is one. Without it the sample keeps its cache in the process."""
    try:
        with redis.Redis.from_url(REDIS_URL, socket_connect_timeout=1) as connection:
            connection.ping()
    except redis.RedisError:
        if os.environ.get("GATEWAY_TEST_REQUIRE_SERVICES"):
            raise
        return None
    return REDIS_URL


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Sample]]:
    """`start("gunicorn", PARTNER_URL=...)` gives a sample, for the same words the same; stopped after the session."""
    with ExitStack() as stack:

        @cache
        def start_one(way: str, **extra: str) -> Sample:
            folder = tmp_path_factory.mktemp(way)
            environ = {
                **SECRETS,
                "DATABASE_URL": stack.enter_context(scratch_database(folder)),
                "UPLOAD_FOLDER": str(folder / "uploads"),
                "CACHE_PREFIX": f"sample-{uuid.uuid4().hex}:",
                **extra,
            }
            return Sample(way, stack.enter_context(running(way, environ, folder / "server.log")))

        yield start_one


@pytest.fixture(scope="session")
def others(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The addresses of a `partner` and of a `strapi`."""
    folder = tmp_path_factory.mktemp("others")
    secrets = ("--token", SECRETS["STRAPI_TOKEN"], "--webhook-secret", SECRETS["STRAPI_WEBHOOK_SECRET"])
    with (
        processes.local_server("partner", folder / "partner.log") as partner,
        processes.local_server("strapi", folder / "strapi.log", *secrets) as strapi,
    ):
        yield {"partner": partner, "strapi": strapi}


@pytest.fixture(scope="session")
def connections(others: dict[str, str], redis_url: str | None) -> dict[str, str]:
    """What connects a sample to a partner, a CMS and, where there is one, Redis."""
    found = {"PARTNER_URL": others["partner"], "STRAPI_URL": others["strapi"], "PARTNER_TIMEOUT": "1"}
    return {**found, "REDIS_URL": redis_url} if redis_url else found


@pytest.fixture(scope="session", params=WAYS)
def connected(request: pytest.FixtureRequest, start: Callable[..., Sample], connections: dict[str, str]) -> Sample:
    """The application with a partner, a CMS and, where there is one, Redis."""
    return start(request.param, **connections)


@pytest.fixture(scope="session", params=WAYS)
def sample(request: pytest.FixtureRequest, start: Callable[..., Sample]) -> Sample:
    """The application alone: no partner, no CMS, no Redis."""
    return start(request.param)


@pytest.fixture
def client(sample: Sample) -> Client:
    return sample.client


@pytest.fixture
def browser(client: Client) -> Browser:
    """A browser with an empty cookie jar."""
    return Browser(client)


@pytest.fixture
def get(client: Client) -> Callable[..., Answer]:
    """`get("/employees")` in short."""
    return lambda target, **headers: client.request("GET", target, {k.replace("_", "-"): v for k, v in headers.items()})


@pytest.fixture
def key() -> dict[str, str]:
    """The header of a program that has the API key."""
    return {"X-Api-Key": SECRETS["API_KEY"]}
