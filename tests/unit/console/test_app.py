"""The console over HTTP, in front of a gateway that is only told what to say."""

from __future__ import annotations

import pytest

from tests.support.console import AUTHORIZED, Operated, client

pytestmark = pytest.mark.anyio


@pytest.fixture
def operated() -> Operated:
    return Operated()


@pytest.mark.parametrize("path", ["/metrics", "/api/v1/map"])
async def test_reading_needs_the_token_beyond_loopback(operated: Operated, path: str) -> None:
    async with client(operated, loopback=False) as http:
        assert (await http.get(path)).status_code == 401
        assert (await http.get(path, headers=AUTHORIZED)).status_code == 200


async def test_foreign_host_is_refused(operated: Operated) -> None:
    """Case 165."""
    async with client(operated) as http:
        assert (await http.get("/api/v1/map", headers={"host": "evil.example"})).status_code == 421


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
async def test_no_page_loads_anything_from_elsewhere(operated: Operated, path: str) -> None:
    async with client(operated) as http:
        assert (await http.get(path)).status_code == 404
