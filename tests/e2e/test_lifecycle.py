"""A gateway starts, reloads and stops as operators expect, whatever the applications do."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.support.running import LEGACY, MAP, ROOT, V2, Running, command, environment, is_alive, running, write_site
from tests.support.wire import eventually

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    write_site(tmp_path)
    return tmp_path


LATE = 8.0
"""Seconds that an end may take beyond the grace period: 2 on an idle machine (case 183), and never for ever."""


def in_flight(gateway: Running, number: float) -> None:
    eventually(lambda: gateway.metric("gateway_bridge_threads", state="busy") >= number, f"{number} requests in flight")


def start_and_fail(folder: Path, *options: str, **settings: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*options),
        cwd=folder,
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


# Starting


def test_announced_addresses_answer_at_once(site: Path) -> None:
    with running(site, wait_until_ready=False) as gateway:
        assert gateway.get("/hello").text == "legacy"
        assert gateway.ready().status_code == 200
        eventually(lambda: gateway.events("serving"), "the event in the log")
        assert [event["traffic"] for event in gateway.events("serving")] == [gateway.traffic]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_invalid_map_is_exit_2_with_each_problem_and_its_place(site: Path, workers: str) -> None:
    """Case 134."""
    text = MAP.replace("mode: legacy}", "mode: legcy}").replace("threads: 12", "threads: many")
    (site / "migration_map.yaml").write_text(text, encoding="utf-8")
    ended = start_and_fail(site, "--workers", workers)
    assert ended.returncode == 2
    assert ended.stdout == ""
    places = [line.split(": ")[0] for line in ended.stderr.splitlines() if line.startswith("migration_map.yaml:")]
    assert places == ["migration_map.yaml:4:38", "migration_map.yaml:9:37"]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_legacy_that_cannot_be_imported_is_exit_3_and_named(site: Path, workers: str) -> None:
    """Case 189."""
    (site / "old.py").write_text("import no_such_module_here\n", encoding="utf-8")
    ended = start_and_fail(site, "--workers", workers)
    assert ended.returncode == 3
    assert "no_such_module_here" in ended.stderr
    assert ended.stderr.count("gateway: ") == 1


def test_v2_that_cannot_be_imported_leaves_legacy_serving(site: Path) -> None:
    """Case 188."""
    (site / "new.py").write_text("import no_such_module_here\n", encoding="utf-8")
    with running(site) as gateway:
        assert gateway.get("/hello").text == "legacy"
        assert "no_such_module_here" in gateway.ready().json()["checks"]["v2"]


@pytest.mark.parametrize("option", ["--port", "--console-port"])
def test_port_in_use_is_exit_3_and_names_the_option(site: Path, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = start_and_fail(site, option, str(port))
    assert ended.returncode == 3
    assert f"127.0.0.1:{port}: another process listens there" in ended.stderr
    assert f"{option}\n" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("settings", [{}, {"token": "weak"}])
def test_console_beyond_loopback_needs_a_strong_token(site: Path, settings: dict[str, str]) -> None:
    """Case 161."""
    ended = start_and_fail(site, "--console-host", "0.0.0.0", **settings)
    assert ended.returncode == 2
    assert "at least 32 characters" in " ".join(ended.stderr.replace("│", " ").split())


# Reloading


@pytest.mark.parametrize("workers", ["1", "2"])
def test_sighup_reloads_the_map_and_drops_nothing(site: Path, workers: str) -> None:
    """Case 185."""
    with running(site, "--workers", workers) as gateway, httpx.Client(trust_env=False) as kept:
        before = gateway.map()["revision"]
        with ThreadPoolExecutor() as pool:
            slow = pool.submit(gateway.get, "/slow/1.0")
            in_flight(gateway, 1)
            assert kept.get(gateway.traffic + "/hello").text == "legacy"
            map_file = site / "migration_map.yaml"
            map_file.write_text(MAP.replace("/hello, mode: legacy", "/hello, mode: v2"), encoding="utf-8")
            gateway.signal(signal.SIGHUP)
            eventually(lambda: (now := gateway.map())["converged"] and now["revision"] != before, "the new map")
            assert kept.get(gateway.traffic + "/hello").text == '"v2"'
            assert slow.result().text == "slow"
        assert gateway.process.poll() is None


# Stopping


@pytest.mark.parametrize("workers", ["1", "2"])
def test_sigterm_drains_what_is_in_flight(site: Path, workers: str) -> None:
    """Case 182: 10 requests of 3 s."""
    with running(site, "--workers", workers, grace=10) as gateway, ThreadPoolExecutor(10) as pool:
        answers = [pool.submit(httpx.get, gateway.traffic + "/slow/3.0", timeout=15) for _ in range(10)]
        in_flight(gateway, 10)
        gateway.signal(signal.SIGTERM)
        eventually(lambda: gateway.ready().status_code == 503, "not ready", seconds=2)
        assert gateway.ready().json()["checks"]["draining"] != "ok"
        assert [answer.result().status_code for answer in answers] == [200] * 10
        assert gateway.wait(20) == 0
        assert len(gateway.events("request")) == 10


def test_draining_gateway_takes_no_new_connection(site: Path) -> None:
    """Case 182."""
    with running(site, grace=10) as gateway, ThreadPoolExecutor(1) as pool:
        slow = pool.submit(gateway.get, "/slow/3.0")
        in_flight(gateway, 1)
        gateway.signal(signal.SIGTERM)

        def refused() -> bool:
            try:
                with socket.create_connection(gateway.address, timeout=1):
                    return False
            except OSError:
                return True

        eventually(refused, "new connections are refused", seconds=2)
        assert slow.result().status_code == 200
        assert gateway.wait(20) == 0


@pytest.mark.parametrize("workers", ["1", "2"])
def test_sigterm_ends_it_whatever_is_in_flight(site: Path, workers: str) -> None:
    """Case 183: SSE, a reader that does not read, a stuck thread, a hung shadow, a half-open upload."""
    requests = {
        "sse": b"GET /sse HTTP/1.1\r\nHost: a\r\n\r\n",
        "slow reader": b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n",
        "stuck": b"GET /stuck HTTP/1.1\r\nHost: a\r\n\r\n",
        "upload": b"POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf",
        "silent": b"",
    }
    with running(site, "--workers", workers, grace=1) as gateway:
        assert gateway.get("/shadowed").status_code == 404  # legacy has none; v2 is asked behind it, and hangs
        connections = [socket.create_connection(gateway.address, timeout=10) for _ in requests]
        for connection, data in zip(connections, requests.values(), strict=True):
            connection.sendall(data)
        in_flight(gateway, 3)
        began = time.monotonic()
        gateway.signal(signal.SIGTERM)
        assert gateway.wait(20) == 0
        assert time.monotonic() - began <= 1 + LATE
        for connection in connections:
            connection.close()


def test_application_that_will_not_let_go_is_left_behind(tmp_path: Path) -> None:
    """Case 183: an exit hook and a thread of legacy's that never end, a v2 whose shutdown hangs."""
    legacy = LEGACY + "\nimport atexit\natexit.register(never.wait)\nthreading.Thread(target=never.wait).start()\n"
    v2 = V2.replace('note("shutdown")', "await asyncio.sleep(3600)")
    write_site(tmp_path, legacy=legacy, v2=v2)
    with running(tmp_path, grace=0.5) as gateway:
        began = time.monotonic()
        gateway.signal(signal.SIGTERM)
        assert gateway.wait(20) == 0
        assert time.monotonic() - began <= 0.5 + LATE


def test_blocked_event_loop_does_not_keep_it_alive(tmp_path: Path) -> None:
    """Cases 103, 111, 113, 183: with v2 inline the door's loop is stuck; the console answers, and SIGTERM ends it."""
    write_site(
        tmp_path,
        v2=V2.replace("await asyncio.sleep(3600)", "import time; time.sleep(3600)"),
        text=MAP.replace('"new:app"', '"new:app", isolation: inline').replace("mode: shadow", "mode: v2"),
    )
    with running(tmp_path, grace=0.5) as gateway:

        def stalls() -> list[str]:
            """Those of the handler; a machine that is busy while the gateway starts makes others."""
            found = [str(event["exception"]) for event in gateway.events("loop_stalled")]
            return [stack for stack in found if "in shadowed" in stack]

        with socket.create_connection(gateway.address, timeout=10) as connection:
            connection.sendall(b"GET /shadowed HTTP/1.1\r\nHost: a\r\n\r\n")
            eventually(stalls, "the stall is logged")
            assert gateway.http.get(gateway.console + "/healthz").status_code == 200
            assert gateway.metric("gateway_loop_lag_seconds", loop="door") > 0.2
            began = time.monotonic()
            gateway.signal(signal.SIGTERM)
            assert gateway.wait(20) == 0
        assert time.monotonic() - began <= 0.5 + LATE
        assert len(stalls()) == 1


@pytest.mark.parametrize(("second", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_second_signal_ends_it_at_once(site: Path, second: signal.Signals, code: int, workers: str) -> None:
    with running(site, "--workers", workers, grace=60) as gateway, ThreadPoolExecutor(1) as pool:
        stuck = pool.submit(gateway.get, "/stuck")
        in_flight(gateway, 1)
        gateway.signal(signal.SIGTERM)
        eventually(lambda: gateway.events("draining"), "draining")
        gateway.signal(second)
        assert gateway.wait(3) == code
        with pytest.raises(httpx.HTTPError):
            stuck.result()


def test_ctrl_c_is_a_stop_that_was_asked_for(site: Path) -> None:
    with running(site) as gateway:
        gateway.signal(signal.SIGINT)
        assert gateway.wait(20) == 0


def test_lifespan_runs_once(site: Path, tmp_path: Path) -> None:
    """Case 190: shutdown after the drain."""
    life = tmp_path / "life"
    with running(site, LIFE=life) as gateway, ThreadPoolExecutor(1) as pool:
        slow = pool.submit(gateway.get, "/slow/0.5")
        in_flight(gateway, 1)
        gateway.signal(signal.SIGTERM)
        assert slow.result().status_code == 200
        assert gateway.wait(20) == 0
    assert [line.split()[0] for line in life.read_text().splitlines()] == ["startup", "shutdown"]


def test_shutdown_that_fails_is_logged_and_not_fatal(tmp_path: Path) -> None:
    """Case 190."""
    write_site(tmp_path, v2=V2.replace('note("shutdown")', 'raise RuntimeError("cannot say goodbye")'))
    with running(tmp_path) as gateway:
        gateway.signal(signal.SIGTERM)
        assert gateway.wait(20) == 0
        assert any("cannot say goodbye" in str(line) for line in gateway.log())


# Overload


def test_console_answers_while_every_thread_is_busy(site: Path) -> None:
    """Case 103, light."""
    with running(site) as gateway, ThreadPoolExecutor(30) as pool:
        answers = [pool.submit(httpx.get, gateway.traffic + "/slow/1.0", timeout=30) for _ in range(30)]
        in_flight(gateway, 12)

        def seconds(path: str) -> float:
            began = time.monotonic()
            assert gateway.http.get(gateway.console + path).status_code == 200
            return time.monotonic() - began

        for path in ("/healthz", "/metrics", "/readyz"):
            assert min(seconds(path) for _ in range(5)) < 0.5  # 50 ms on an idle machine
        assert {answer.result().status_code for answer in answers} == {200}


def test_blocked_log_reader_holds_no_request(site: Path) -> None:
    """Nobody reads standard error: the pipe is full after 64 KiB, and requests go on."""
    reading, writing = os.pipe()
    process = subprocess.Popen(
        command(), cwd=site, env=environment(), stdout=subprocess.PIPE, stderr=writing, text=True
    )
    os.close(writing)
    try:
        assert process.stdout is not None
        traffic = process.stdout.readline().split()[1]
        with httpx.Client(trust_env=False, timeout=5) as http:
            for _ in range(600):  # 300 bytes a line
                assert http.get(traffic + "/hello").status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(35) == 0
    finally:
        process.kill()
        process.communicate()
        os.close(reading)


# What is left behind


def temporary_entries(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@pytest.mark.parametrize("workers", ["1", "2"])
def test_nothing_is_left_behind(site: Path, workers: str) -> None:
    """Case 200, light: processes, and files in the temporary folder; after a stop and after a kill."""
    temporary = site / "tmp"
    temporary.mkdir()
    for end in (signal.SIGTERM, signal.SIGKILL):
        with running(site, "--workers", workers, TMPDIR=temporary) as gateway:
            pids = gateway.workers()
            assert gateway.get("/hello").status_code == 200
            gateway.signal(end)
            gateway.wait(20)
            for pid in pids:
                eventually(lambda pid=pid: not is_alive(pid), "the worker ends")
    assert temporary_entries(temporary) == set()


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("unshare") is None, reason="needs root and unshare")
def test_bare_container_is_enough(site: Path) -> None:
    """Case 199: PID 1, no HOME, LANG=C, an odd TZ; the file system is mounted read-only."""
    script = "mount -o remount,ro,bind / 2>/dev/null; exec " + " ".join(command())
    env = {"PATH": os.environ["PATH"], "LANG": "C", "TZ": "Antarctica/Troll", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        ["unshare", "--pid", "--fork", "--kill-child", "--mount", "--mount-proc", "sh", "-c", script],
        cwd=site,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    watchdog = threading.Timer(30, process.kill)
    watchdog.start()
    try:
        assert process.stdout is not None
        first = process.stdout.readline()
        if not first:
            pytest.skip(f"namespaces are not available here: {process.communicate()[1][-300:]}")
        assert httpx.get(first.split()[1] + "/pid", trust_env=False).text == "1"
    finally:
        watchdog.cancel()
        process.kill()
        process.communicate()
