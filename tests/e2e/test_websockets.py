"""WebSockets through the whole process: v2's pass, and a plain legacy route answers an Upgrade as it always did."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import websockets
from websockets.sync.client import connect

from tests.sample.client import SocketClient
from tests.sample.processes import gunicorn
from tests.support.gateway_process import ROOT, Running, serving

UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("sockets")
    path = folder / "migration_map.yaml"
    path.write_text((ROOT / "migration_map.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    env = {"DATABASE_URL": f"sqlite:///{folder / 'staff.sqlite3'}"}
    with serving(path, cwd=ROOT, log=folder / "log", env=env) as started:
        yield started


@pytest.fixture(scope="module")
def native(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SocketClient]:
    folder = tmp_path_factory.mktemp("native")
    with gunicorn({"DATABASE_URL": f"sqlite:///{folder / 'staff.sqlite3'}"}, folder / "log") as client:
        yield client


def test_a_websocket_of_v2_speaks_both_ways(running: Running) -> None:
    with connect(f"ws://127.0.0.1:{running.port}/v2/echo") as socket:
        for message in ("one", "zwei", "x" * 100_000):
            socket.send(message)
            assert message in str(socket.recv(timeout=10))


@pytest.mark.parametrize("target", ["/employee/me", "/docs", "/no/such/page"])
def test_a_plain_legacy_route_answers_an_upgrade_as_it_always_did(
    running: Running, native: SocketClient, target: str
) -> None:
    """Case 54, bridge row 16: Flask says 400 to an Upgrade of a plain route, and 404 to a path that it lacks."""
    ours, flasks = (
        client.request("GET", target, UPGRADE) for client in (SocketClient("127.0.0.1", running.port), native)
    )
    assert (ours.status, ours.body) == (flasks.status, flasks.body)


def test_a_handshake_that_v2_does_not_know_is_refused(running: Running) -> None:
    with pytest.raises(websockets.exceptions.InvalidStatus) as refused, connect(f"ws://127.0.0.1:{running.port}/v2/no"):
        pass
    assert refused.value.response.status_code in (403, 404)
