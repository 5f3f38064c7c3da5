"""Several workers behind one port and one console."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import Self

import httpx
import pytest

from tests.support.running import MAP, Running, children_of, is_alive, running, write_site
from tests.support.wire import eventually


@pytest.fixture
def site(tmp_path: Path) -> Path:
    write_site(tmp_path)
    return tmp_path


class Load:
    """Clients that ask for /pid on fresh connections until told to stop, and count."""

    def __init__(self, gateway: Running, clients: int = 4) -> None:
        self._gateway = gateway
        self._stop = threading.Event()
        self.answers: list[str] = []
        self.failures: list[str] = []
        self._threads = [threading.Thread(target=self._ask) for _ in range(clients)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        while not self._stop.is_set():
            try:
                with httpx.Client(trust_env=False, timeout=10) as http:
                    answer = http.get(self._gateway.traffic + "/pid")
                    assert answer.status_code == 200
                    self.answers.append(answer.text)
            except httpx.HTTPError as error:
                self.failures.append(repr(error))


def test_killed_workers_are_replaced_and_lose_no_count(site: Path) -> None:
    """Cases 154 and 186: `kill -9` five times under load."""
    clients, kills = 4, 5
    with running(site, "--workers", "2") as gateway, Load(gateway, clients) as load:
        for number in range(kills):
            victim = gateway.workers()[number % 2]
            os.kill(victim, signal.SIGKILL)

            def replaced(victim: int = victim) -> bool:
                workers = gateway.workers()
                return victim not in workers and len(workers) == 2 and gateway.ready().status_code == 200

            # 2 s on an idle machine: hardly more than the applications' own import, which a busy one stretches.
            eventually(replaced, "a replacement", seconds=30)
        answered = len(load.answers)
        eventually(lambda: len(load.answers) > answered + 50, "the load goes on")
        load.__exit__()
        counted = gateway.metric("gateway_requests_total")
        assert len(load.failures) <= kills * clients
        assert len(load.answers) <= counted <= len(load.answers) + len(load.failures)
        assert len(gateway.events("worker_died")) == kills


def test_both_workers_answer_and_agree_on_the_map(site: Path) -> None:
    """Case 135."""
    with running(site, "--workers", "2") as gateway:
        with Load(gateway) as load:
            eventually(lambda: len(set(load.answers)) == 2, "both workers answer")
        assert set(load.answers) == {str(pid) for pid in gateway.workers()}
        before = gateway.map()["revision"]
        (site / "migration_map.yaml").write_text(MAP.replace("12}", "12}  # changed"), encoding="utf-8")
        eventually(lambda: gateway.map()["revision"] != before, "the first worker has the new map", seconds=20)
        eventually(lambda: gateway.map()["converged"], "all have it", seconds=20)
        assert gateway.metric("gateway_map_info") == 1
        assert gateway.metric("gateway_workers", state="alive") == 2


def test_reload_reaches_every_worker(site: Path) -> None:
    token = "correct-horse-battery-staple-0123456789"
    with running(site, "--workers", "2", token=token) as gateway:
        refused = gateway.http.post(gateway.console + "/api/v1/reload")
        assert refused.status_code == 401
        (site / "migration_map.yaml").write_text(MAP.replace("12}", "12}  # changed"), encoding="utf-8")
        headers = {"authorization": f"Bearer {token}"}
        answer = gateway.http.post(gateway.console + "/api/v1/reload", headers=headers, json={})
        assert answer.status_code == 202
        eventually(lambda: gateway.metric("gateway_map_reload_total", result="loaded") >= 4, "each has loaded it twice")


def test_worker_that_does_not_answer_makes_the_gateway_unready(site: Path) -> None:
    """Case 195, light: a stopped worker is seen, and forgiven when it goes on."""
    with running(site, "--workers", "2") as gateway:
        victim = gateway.workers()[0]
        os.kill(victim, signal.SIGSTOP)
        try:
            eventually(lambda: gateway.ready().status_code == 503, "not ready")
            assert gateway.ready().json()["checks"]["workers"] == "1 of 2 are ready"
        finally:
            os.kill(victim, signal.SIGCONT)
        eventually(lambda: gateway.ready().status_code == 200, "ready again")
        assert victim in gateway.workers()


def test_workers_end_with_their_supervisor(site: Path) -> None:
    """However it ends."""
    with running(site, "--workers", "2", grace=1) as gateway:
        workers = gateway.workers()
        gateway.signal(signal.SIGKILL)
        gateway.wait(5)
        for pid in workers:
            eventually(lambda pid=pid: not is_alive(pid), "the worker ends")


def test_workers_are_fresh_interpreters(site: Path) -> None:
    """Case 192: nothing of the supervisor's threads, sockets or files is shared but what was handed over."""
    with running(site, "--workers", "2") as gateway:
        assert sorted(children_of(gateway.pid)) == sorted(gateway.workers())
        supervisors = open_files(gateway.pid)
        for pid in gateway.workers():
            assert b"gateway.server.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
            shared = {name for name in supervisors & open_files(pid) if name.startswith("socket:")}
            assert len(shared) == 1  # the door's socket; the console's is the supervisor's own


def open_files(pid: int) -> set[str]:
    return {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()}
