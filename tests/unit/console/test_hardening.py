"""What every answer of the console carries."""

from __future__ import annotations

import httpx
import pytest

from gateway.asgi import Receive, Scope, Send
from gateway.console.auth import Guard
from gateway.console.hardening import HEADERS, Hardened
from tests.support.console import Operated, client

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("path", ["/signin", "/healthz", "/readyz", "/metrics", "/api/v1/map", "/nothing", "/docs"])
@pytest.mark.parametrize("host", ["127.0.0.1", "evil.example"])
async def test_every_answer_is_hardened(path: str, host: str) -> None:
    """Case 168: errors too."""
    async with client(Operated()) as http:
        answer = await http.get(path, headers={"host": host})
    for name, value in HEADERS:
        assert answer.headers[name.decode()] == value.decode()


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/map", "/nothing", "/static/page.js"])
async def test_nothing_is_answered_for_another_host(path: str) -> None:
    """Case 165: unknown paths and files as well."""
    async with client(Operated()) as http:
        answer = await http.get(path, headers={"host": "evil.example"})
    assert (answer.status_code, answer.json()["error"]) == (421, "host_unknown")


async def test_only_the_pages_own_files_are_kept_by_a_browser() -> None:
    """Case 168: everything else is no-store, whatever the answer itself says."""

    async def keeps(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"cache-control", b"max-age=9")]})
        await send({"type": "http.response.body", "body": b""})

    app = Hardened(keeps, Guard("", loopback=True))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as http:
        kept = await http.get("/static/abc/base.css")
        other = await http.get("/api/v1/map")
    assert kept.headers.get_list("cache-control") == ["max-age=9"]
    assert kept.headers["x-content-type-options"] == "nosniff"
    assert other.headers.get_list("cache-control")[-1] == "no-store"
