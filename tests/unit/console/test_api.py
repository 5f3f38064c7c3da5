"""The console over HTTP, in front of a gateway that is only told what to say."""

from __future__ import annotations

import pytest
from prometheus_client import Gauge

from tests.support.console import AUTHORIZED, Operated, State, client

pytestmark = pytest.mark.anyio


@pytest.fixture
def operated() -> Operated:
    return Operated()


async def test_health_is_open(operated: Operated) -> None:
    async with client(operated, loopback=False) as http:
        answer = await http.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "alive"


async def test_readiness_is_503_with_the_reason_when_a_check_fails(operated: Operated) -> None:
    operated.state = State(ready=False, checks={"map": "ok", "legacy": "all 40 threads are stuck"})
    async with client(operated) as http:
        answer = await http.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "checks": {"map": "ok", "legacy": "all 40 threads are stuck"}}


async def test_reason_is_kept_from_strangers(operated: Operated) -> None:
    operated.state = State(ready=False, checks={"map": "ok", "legacy": "no module named internal.billing"})
    async with client(operated, loopback=False) as http:
        stranger = await http.get("/readyz")
        friend = await http.get("/readyz", headers=AUTHORIZED)
    assert stranger.json()["checks"] == {"map": "ok", "legacy": "failed"}
    assert "internal.billing" in friend.json()["checks"]["legacy"]


async def test_metrics_are_the_registry(operated: Operated) -> None:
    Gauge("answer", "of everything", registry=operated.registry).set(42)
    async with client(operated) as http:
        answer = await http.get("/metrics")
    assert "\nanswer 42.0\n" in answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=")


@pytest.mark.parametrize("path", ["/", "/metrics", "/api/v1/map"])
async def test_reading_needs_the_token_beyond_loopback(operated: Operated, path: str) -> None:
    async with client(operated, loopback=False) as http:
        assert (await http.get(path)).status_code == 401
        assert (await http.get(path, headers=AUTHORIZED)).status_code == 200


async def test_map_shows_each_worker_and_whether_they_agree(operated: Operated) -> None:
    """Case 135."""
    async with client(operated) as http:
        assert (await http.get("/api/v1/map")).json()["converged"] is True
        operated.revisions = ("abc", "def")
        answer = (await http.get("/api/v1/map")).json()
    assert answer["converged"] is False
    assert answer["workers"] == [
        {"pid": 100, "revision": "abc", "ready": True},
        {"pid": 101, "revision": "def", "ready": True},
    ]
    assert answer["routes"] == [{"id": "a"}]


async def test_reload_needs_the_token(operated: Operated) -> None:
    async with client(operated) as http:
        denied = await http.post("/api/v1/reload")
        assert (denied.status_code, denied.headers["www-authenticate"]) == (401, "Bearer")
        assert operated.reloads == 0
        assert (await http.post("/api/v1/reload", headers=AUTHORIZED)).status_code == 202
    assert operated.reloads == 1


async def test_nothing_can_be_changed_without_a_configured_token(operated: Operated) -> None:
    async with client(operated, token="") as http:
        answer = await http.post("/api/v1/reload", headers=AUTHORIZED)
    assert answer.status_code == 403
    assert "GATEWAY_TOKEN" in answer.json()["message"]
    assert operated.reloads == 0


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
async def test_reload_by_another_method_has_no_effect(operated: Operated, method: str) -> None:
    """Case 163."""
    async with client(operated) as http:
        assert (await http.request(method, "/api/v1/reload", headers=AUTHORIZED)).status_code == 405
    assert operated.reloads == 0


async def test_foreign_host_is_refused(operated: Operated) -> None:
    """Case 165."""
    async with client(operated) as http:
        assert (await http.get("/api/v1/map", headers={"host": "evil.example"})).status_code == 421


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
async def test_no_page_loads_anything_from_elsewhere(operated: Operated, path: str) -> None:
    async with client(operated) as http:
        assert (await http.get(path)).status_code == 404


async def test_failing_gateway_is_a_500_without_details(operated: Operated) -> None:
    operated.map_state = lambda: 1 / 0  # type: ignore[method-assign,assignment,return-value] # it breaks
    async with client(operated) as http:
        answer = await http.get("/api/v1/map")
    assert answer.status_code == 500
    assert "ZeroDivision" not in answer.text
