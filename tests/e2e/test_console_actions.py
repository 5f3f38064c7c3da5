"""What on-call does on the console of a running gateway, while clients ask."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import socket
import statistics
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

import httpx
import pytest

from gateway.audit.log import AuditLog
from gateway.mapfile.force import clear_force, force_path
from tests.support.gateway_process import gateway as command
from tests.support.running import MAP, Running, children_of, running, write_site
from tests.support.wire import eventually

TOKEN = "correct-horse-battery-staple-0123456789"
READ_TOKEN = "look-but-do-not-touch-0123456789-abcdef"
TEXT = MAP.replace("defaults:\n", "defaults:\n  headers: true\n")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    write_site(folder, text=TEXT)
    return folder


@pytest.fixture(scope="module")
def gateway(site: Path) -> Iterator[Running]:
    """Two workers."""
    with running(site, "--workers", "2", token=TOKEN, read_token=READ_TOKEN) as started:
        yield started


@pytest.fixture(autouse=True)
def _from_the_start(gateway: Running, site: Path) -> None:
    """Every test finds the map as it was, and nothing forced."""
    path = site / "migration_map.yaml"
    clear_force(path)
    if path.read_text(encoding="utf-8") != TEXT:
        path.write_text(TEXT, encoding="utf-8")
    eventually(lambda: settled(gateway, "legacy"), "everything as the map says")


def settled(gateway: Running, mode: str) -> bool:
    state = gateway.map()
    return state["converged"] and state["force"] is None and state["routes"][0]["mode"] == mode


def change(gateway: Running, path: str, body: dict[str, Any], *, token: str = TOKEN) -> httpx.Response:
    headers = {"authorization": f"Bearer {token}"}
    if path.startswith("routes/"):
        headers["if-match"] = f'"{gateway.map()["revision"]}"'
    return gateway.http.post(f"{gateway.console}/api/v1/{path}", headers=headers, json=body)


FORCED = {"mode": "v2", "force": True, "reason": "this test is about the traffic"}


class Clients:
    """Ask for /hello on connections of their own until told to stop. `sides` has who answered, with the time."""

    def __init__(self, gateway: Running, number: int = 4) -> None:
        self._url = gateway.traffic + "/hello"
        self._stop = threading.Event()
        self.sides: list[tuple[float, str]] = []
        self.failures: list[str] = []
        self.seconds: list[float] = []
        self._threads = [threading.Thread(target=self._ask) for _ in range(number)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        eventually(lambda: len(self.sides) > 20, "the load")
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        with httpx.Client(trust_env=False, timeout=10) as http:
            while not self._stop.is_set():
                began = time.monotonic()
                try:
                    answer = http.get(self._url)
                except httpx.HTTPError as error:
                    self.failures.append(repr(error))
                    continue
                if answer.status_code != 200:
                    self.failures.append(f"status {answer.status_code}")
                self.seconds.append(time.monotonic() - began)
                self.sides.append((began, answer.headers["x-served-by"]))

    def others_after(self, moment: float, side: str) -> list[float]:
        """Seconds after `moment` at which somebody was still answered by the other side."""
        return [at - moment for at, who in list(self.sides) if at >= moment and who != side]

    def wait_for(self, side: str) -> None:
        """Until the last twenty answers are that side's."""
        eventually(lambda: {who for _, who in self.sides[-20:]} == {side}, f"only {side}")


def test_flip_and_kill_switch_are_in_force_on_every_worker_within_a_second_and_fail_nobody(
    gateway: Running, site: Path
) -> None:
    with Clients(gateway) as clients:
        flipped = change(gateway, "routes/hello/flip", FORCED)
        assert (flipped.status_code, flipped.json()["in_force"]) == (200, True), flipped.text
        clients.wait_for("v2")

        began = time.monotonic()
        pulled = change(gateway, "force", {"side": "legacy", "reason": "v2 is on fire"})
        assert (pulled.status_code, pulled.json()["in_force"]) == (200, True), pulled.text
        clients.wait_for("legacy")
        assert not [late for late in clients.others_after(began, "legacy") if late > 1]

        state = gateway.map()
        assert (state["force"], state["forced"]["reason"]) == ("legacy", "v2 is on fire")
        assert gateway.metric("gateway_forced", side="legacy") == 1
        assert "v2 is on fire" in gateway.ready().json()["checks"]["force"]
        eventually(lambda: len(gateway.events("force_on")) == 2, "each worker says so")

        began = time.monotonic()
        assert change(gateway, "force", {"side": None, "reason": "it is out"}).json()["in_force"] is True
        clients.wait_for("v2")
        assert not [late for late in clients.others_after(began, "v2") if late > 1]

        back = change(gateway, "routes/hello/rollback", {"reason": "enough"})
        assert (back.status_code, back.json()["in_force"]) == (200, True)
        clients.wait_for("legacy")
    assert clients.failures == []
    log = AuditLog(site / "migration_map.yaml")
    done = [entry.act.action.value for entry in log.newest_first() if entry.act.outcome == "done"]
    assert done[:4] == ["rollback", "force", "force", "flip"]
    assert log.verify().holds


def test_kill_switch_from_the_command_line_needs_no_token_and_outlives_a_worker(gateway: Running, site: Path) -> None:
    assert change(gateway, "routes/hello/flip", FORCED).status_code == 200
    env = {"GATEWAY_CONSOLE_URL": gateway.console}
    pulled = command("force", "legacy", "--reason", "fire", cwd=site, env=env)
    assert (pulled.returncode, "in force on 2 workers" in pulled.stdout) == (0, True), pulled
    assert {gateway.get("/hello").headers["x-served-by"] for _ in range(10)} == {"legacy"}
    victim = gateway.workers()[0]
    os.kill(victim, 9)
    eventually(lambda: victim not in gateway.workers() and len(gateway.workers()) == 2, "another worker")
    assert {gateway.get("/hello").headers["x-served-by"] for _ in range(20)} == {"legacy"}
    lifted = command("force", "off", cwd=site, env=env)
    assert (lifted.returncode, "in force on 2 workers" in lifted.stdout) == (0, True), lifted
    assert gateway.get("/hello").headers["x-served-by"] == "v2"


def test_kill_switch_works_in_memory_where_no_file_can_be_written_also_for_a_worker_that_starts_later(
    gateway: Running, site: Path
) -> None:
    assert change(gateway, "routes/hello/flip", FORCED).status_code == 200
    switch = force_path(site / "migration_map.yaml")
    switch.mkdir()  # nothing can be put in its place, not even by root
    try:
        pulled = change(gateway, "force", {"side": "legacy", "reason": "fire"})
        assert (pulled.json()["persisted"], pulled.json()["in_force"]) == (False, True), pulled.text
        assert {gateway.get("/hello").headers["x-served-by"] for _ in range(10)} == {"legacy"}
        victim = gateway.workers()[0]
        os.kill(victim, 9)
        eventually(lambda: victim not in gateway.workers() and len(gateway.workers()) == 2, "another worker")
        eventually(lambda: gateway.map()["converged"], "it heeds the switch as well")
        assert {gateway.get("/hello").headers["x-served-by"] for _ in range(20)} == {"legacy"}
        assert change(gateway, "force", {"side": None}).json()["in_force"] is True
        assert gateway.get("/hello").headers["x-served-by"] == "v2"
    finally:
        switch.rmdir()


def test_of_fifty_flips_of_one_revision_exactly_one_wins(gateway: Running, site: Path) -> None:
    """Case 170."""
    revision = gateway.map()["revision"]
    headers = {"authorization": f"Bearer {TOKEN}", "if-match": f'"{revision}"'}

    def write(number: int) -> int:
        body = {"mode": "canary", "percent": number + 1, "force": True, "reason": "a race"}
        with httpx.Client(trust_env=False, timeout=30) as http:
            return http.post(f"{gateway.console}/api/v1/routes/hello/flip", headers=headers, json=body).status_code

    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(write, range(50)))
    assert sorted(statuses) == [200] + [412] * 49
    latest = next(AuditLog(site / "migration_map.yaml").newest_first()).act
    assert (latest.before, latest.after) == (revision, gateway.map()["revision"])


def test_audit_log_that_cannot_be_written_refuses_the_flip_and_no_client_notices(gateway: Running, site: Path) -> None:
    """Case 174."""
    log = AuditLog(site / "migration_map.yaml")
    kept = site / "kept"
    with Clients(gateway) as clients:
        assert change(gateway, "reload", {}).status_code == 202  # there is a log
        log.path.rename(kept)
        log.path.mkdir()
        try:
            answer = change(gateway, "routes/hello/flip", FORCED)
            assert (answer.status_code, answer.json()["error"]) == (503, "audit_unwritable")
            assert (site / "migration_map.yaml").read_text(encoding="utf-8") == TEXT
            pulled = change(gateway, "force", {"side": "legacy", "reason": "fire"})
            assert (pulled.status_code, pulled.json()["in_force"]) == (200, True)
            assert "audit log" in pulled.json()["warnings"][0]
            eventually(lambda: bool(gateway.events("force_incomplete")), "the log says it loudly")
        finally:
            log.path.rmdir()
            kept.rename(log.path)
        assert {who for _, who in clients.sides} == {"legacy"}
    assert clients.failures == []


def test_tokens_are_in_no_log_no_process_title_and_no_page(gateway: Running, site: Path) -> None:
    """Case 177."""
    reading = change(gateway, "reload", {}, token=READ_TOKEN)
    assert (reading.status_code, reading.json()["error"]) == (403, "token_read_only")
    assert change(gateway, "reload", {}).status_code == 202
    signed = gateway.http.post(f"{gateway.console}/session", json={"token": TOKEN})
    assert signed.json() == {"role": "operator"}
    seen = [gateway.errors.read_bytes(), signed.content]
    seen += [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in (gateway.pid, *children_of(gateway.pid))]
    seen += [gateway.http.get(gateway.console + path).content for path in ("/", "/map", "/audit", "/metrics")]
    seen += [file.read_bytes() for file in (site / ".gateway").rglob("*") if file.is_file()]
    for token in (TOKEN, READ_TOKEN):
        assert not [text for text in seen if token.encode() in text]


def test_flood_and_slow_clients_on_the_console_are_no_matter_to_the_traffic(gateway: Running) -> None:
    """Case 180: hundreds of connections that dawdle, and others that ask as fast as they can."""
    host, port = gateway.console.removeprefix("http://").split(":")
    stop = threading.Event()

    def hammer() -> None:
        while not stop.is_set():
            with contextlib.suppress(httpx.HTTPError), httpx.Client(trust_env=False, timeout=5) as http:
                http.post(f"{gateway.console}/api/v1/reload", headers={"authorization": "Bearer wrong"}, json={})

    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(socket.create_connection((host, int(port)), timeout=5)) for _ in range(400)]
        for connection in slow:
            with contextlib.suppress(OSError):  # those that found no room
                connection.sendall(b"POST /api/v1/reload HTTP/1.1\r\nHost: ")
        hammers = [threading.Thread(target=hammer) for _ in range(4)]
        for thread in hammers:
            thread.start()
        with Clients(gateway, number=2) as clients:
            eventually(lambda: len(clients.sides) > 200, "the traffic flows")
        stop.set()
        for thread in hammers:
            thread.join()
        assert clients.failures == []
        assert statistics.median(clients.seconds) < 0.25  # a few ms on an idle machine
        open_files = len(list(Path(f"/proc/{gateway.pid}/fd").iterdir()))
        assert open_files < resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 100
        assert open_files < 256 + 150
    eventually(lambda: gateway.ready().status_code == 200, "the console answers again")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not available")
def test_flip_as_the_documentation_shows_it(gateway: Running) -> None:
    revision = gateway.map()["revision"]
    done = subprocess.run(
        [
            "curl", "--silent", "--show-error", f"{gateway.console}/api/v1/routes/hello/flip",
            "--header", f"Authorization: Bearer {TOKEN}",
            "--header", f'If-Match: "{revision[:12]}"',
            "--json", '{"mode": "shadow", "sample": 25}',
        ],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )  # fmt: skip
    assert '"in_force":true' in done.stdout, done
