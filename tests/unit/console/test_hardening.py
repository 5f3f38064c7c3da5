"""What every answer of the console carries."""

from __future__ import annotations

import pytest

from gateway.console.hardening import HEADERS
from tests.support.console import Operated, client

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz", "/metrics", "/api/v1/map", "/nothing", "/docs"])
@pytest.mark.parametrize("host", ["127.0.0.1", "evil.example"])
async def test_every_answer_is_hardened(path: str, host: str) -> None:
    """Case 168: errors too."""
    async with client(Operated()) as http:
        answer = await http.get(path, headers={"host": host})
    for name, value in HEADERS:
        assert answer.headers[name.decode()] == value.decode()
