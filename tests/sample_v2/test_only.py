"""v2 by itself: what only it has, how it starts and ends, and where it looks for its database."""

from __future__ import annotations

import hmac
import logging
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine
from websockets.sync.client import connect

from legacy.tables import metadata
from tests.sample.client import SocketClient
from tests.sample_v2.pair import Pair, running_v2
from tests.support.asgi import ask
from v2.main import create_app
from v2.settings import Settings

SECRET = "a-webhook-secret"


def test_the_clock_ticks_and_stops(pair: Pair) -> None:
    answer = pair.v2.request("GET", "/v2/clock?interval=0.01&count=3")
    assert answer.header("content-type") == "text/event-stream; charset=utf-8"
    assert [line for line in answer.text.splitlines() if line.startswith("id:")] == ["id: 1", "id: 2", "id: 3"]


def test_the_clock_is_a_stream_not_a_body(pair: Pair) -> None:
    answer = pair.v2.prefix("GET", "/v2/clock?interval=0.01", {}, 10)
    assert answer.body.startswith(b"id: 1")


def test_the_echo_echoes(pair: Pair) -> None:
    with connect(f"ws://{pair.v2.host}:{pair.v2.port}/v2/echo") as socket:
        for text in ("hello", "Grüße", ""):
            socket.send(text)
            assert socket.recv(timeout=10) == text


def test_its_documentation_leaves_legacys_paths_alone(pair: Pair) -> None:
    assert pair.v2.request("GET", "/v2/docs").status == 200
    assert "/employee/{slug}" in pair.v2.request("GET", "/v2/openapi.json").json()["paths"]
    for path in ("/docs", "/openapi.json"):
        assert pair.differences("GET", path) == []


def test_a_database_that_is_down_is_said_by_health(tmp_path: Path) -> None:
    environ = {"DATABASE_URL": "postgresql://postgres@127.0.0.1:9/nothing"}
    with running_v2(environ, tmp_path / "v2.log") as client:
        health = client.request("GET", "/health")
        assert (health.status, health.json()["checks"]["database"]) == (503, "down")
        broken = client.request("GET", "/employee/1", {"X-Request-ID": "abc"})
        assert broken.status == 500
        assert "Internal Server Error" in broken.text
        assert broken.header("x-request-id") == "abc"


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("sqlite:////srv/staff.sqlite3", "sqlite+aiosqlite:////srv/staff.sqlite3"),
        ("postgres://u:p%40@db/staff", "postgresql+asyncpg://u:p%40@db/staff"),
        ("postgresql://u@db:5433/staff?sslmode=require", "postgresql+asyncpg://u@db:5433/staff?ssl=require"),
        ("postgresql+psycopg://u@db/staff", "postgresql+asyncpg://u@db/staff"),
    ],
)
def test_the_asynchronous_driver_is_derived_from_legacys_url(written: str, used: str) -> None:
    assert Settings(database_url=written).async_database_url.render_as_string(hide_password=False) == used


@pytest.mark.anyio
async def test_it_runs_in_process_and_closes_what_it_opened(tmp_path: Path) -> None:
    """`filterwarnings = error` sees a connection that is left open."""
    url = f"sqlite:///{tmp_path / 'staff.sqlite3'}"
    engine = create_engine(url)
    metadata.create_all(engine)
    engine.dispose()
    for _ in range(2):
        app = create_app(Settings(database_url=url))
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://v2") as client,
        ):
            page = await client.get("/employees")
            assert page.json()["total"] == 0
            head = await ask(app, "HEAD", "/employees")
            assert (head.header(b"content-length"), head.body) == (str(len(page.content)).encode(), b"")


@pytest.mark.anyio
async def test_the_webhook_is_noted_in_the_background(caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(Settings(database_url="sqlite://", strapi_webhook_secret=SECRET))
    body = b'{"event": "entry.update", "model": "article", "entry": {}}'
    signature = "sha256=" + hmac.digest(SECRET.encode(), body, "sha256").hex()
    caplog.set_level(logging.INFO, logger="v2.webhooks")
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://v2") as client,
    ):
        await client.post("/webhooks/strapi", content=body, headers={"X-Strapi-Signature": "wrong"})
        assert caplog.messages == []
        await client.post("/webhooks/strapi", content=body, headers={"X-Strapi-Signature": signature})
    assert caplog.messages == ["entry.update of article: 0 keys invalidated"]


def test_importing_it_needs_no_database() -> None:
    assert create_app(Settings(database_url="postgresql://db.invalid/staff")).title == "Staff directory"


def test_head_has_a_length_and_no_body(pair: Pair) -> None:
    client: SocketClient = pair.v2
    answer = client.request("HEAD", "/employee/1")
    assert answer.header("content-length") == str(len(client.request("GET", "/employee/1").body))
    assert answer.body == b""
