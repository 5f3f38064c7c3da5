"""What probes and scrapers are told."""

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


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_a_probe_may_ask_for_the_head_alone(operated: Operated, path: str) -> None:
    async with client(operated, loopback=False) as http:
        assert (await http.head(path)).status_code == 200


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
