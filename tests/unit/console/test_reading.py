"""Reading over HTTP."""

from __future__ import annotations

import pytest

from tests.support.console import Operated, client

pytestmark = pytest.mark.anyio


@pytest.fixture
def operated() -> Operated:
    return Operated()


async def test_map_shows_each_worker_and_whether_they_agree(operated: Operated) -> None:
    """Case 135."""
    async with client(operated) as http:
        assert (await http.get("/api/v1/map")).json()["converged"] is True
        operated.revisions = ("abc", "def")
        answer = (await http.get("/api/v1/map")).json()
    assert answer["converged"] is False
    assert answer["workers"] == [
        {"pid": 100, "revision": "abc", "ready": True, "force": None},
        {"pid": 101, "revision": "def", "ready": True, "force": None},
    ]
    assert answer["routes"] == [{"id": "a"}]
