"""The console and the log of a running gateway, as an attacker finds them."""

from __future__ import annotations

import json
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.support.running import Running, running, write_site
from tests.support.wire import eventually, read_all, statuses

TOKEN = "correct-horse-battery-staple-0123456789"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("site")
    write_site(folder)
    with running(folder, token=TOKEN) as started:
        yield started


def raw(address: tuple[str, int], *lines: bytes) -> bytes:
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(b"\r\n".join([*lines, b"Connection: close", b"", b""]))
        return read_all(connection)


def console_address(gateway: Running) -> tuple[str, int]:
    host, _, port = gateway.console.removeprefix("http://").rpartition(":")
    return host, int(port)


@pytest.mark.parametrize(
    "path",
    ["/readyz", "/metrics", "/api/v1/map", "/api/v1/reload", "/%61pi/v1/map", "/api%2Fv1/map", "//metrics", "/docs"],
)
def test_traffic_port_has_no_path_of_the_console(gateway: Running, path: str) -> None:
    """Case 159."""
    answer = raw(gateway.address, f"GET {path} HTTP/1.1".encode(), b"Host: a")
    # A doubled slash on a path that only legacy could own passes as it is; an encoded one may be refused.
    assert statuses(answer)[0] in {308, 400, 404}
    assert b"gateway_" not in answer
    assert b"revision" not in answer


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/docs/oauth2-redirect"])
def test_what_v2_would_show_of_itself_is_not_there_unless_the_map_names_it(gateway: Running, path: str) -> None:
    """Case 179."""
    answer = gateway.get(path)
    assert answer.status_code == 404
    assert "swagger" not in answer.text
    assert "Werkzeug" not in answer.headers.get("server", "")


def test_console_listens_on_loopback_only(gateway: Running) -> None:
    """Case 159."""
    assert console_address(gateway)[0] == "127.0.0.1"


AUTHORIZATIONS = {
    "none": [],
    "wrong": [b"Authorization: Bearer wrong"],
    "prefix": [b"Authorization: Bearer " + TOKEN[:-1].encode()],
    "empty": [b"Authorization: "],
    "not ascii": [b"Authorization: Bearer \xc3\xbc\xff"],
    "twice": [b"Authorization: Bearer " + TOKEN.encode()] * 2,
    "60 KB": [b"Authorization: Bearer " + b"x" * 60_000],
}


@pytest.mark.parametrize("headers", AUTHORIZATIONS.values(), ids=AUTHORIZATIONS)
def test_odd_tokens_are_401(gateway: Running, headers: list[bytes]) -> None:
    """Case 160."""
    answer = raw(console_address(gateway), b"POST /api/v1/reload HTTP/1.1", b"Host: 127.0.0.1", *headers)
    assert statuses(answer) == [401]


def test_token_of_1_mb_is_refused_by_the_limit_of_the_head(gateway: Running) -> None:
    """Case 160."""
    lines = [b"POST /api/v1/reload HTTP/1.1", b"Host: 127.0.0.1", b"Authorization: Bearer " + b"x" * 1024**2]
    try:
        answer = raw(console_address(gateway), *lines)
    except OSError:  # it did not wait for the rest
        return
    assert statuses(answer) in ([431], [])


def test_rebound_name_reads_nothing(gateway: Running) -> None:
    """Case 165."""
    answer = raw(console_address(gateway), b"GET /api/v1/map HTTP/1.1", b"Host: attacker.example")
    assert statuses(answer) == [421]
    assert b"routes" not in answer


def test_unmatched_paths_make_no_series(gateway: Running) -> None:
    """Case 151, light."""

    def series() -> int:
        text = gateway.http.get(gateway.console + "/metrics").text
        families = text_string_to_metric_families(text)
        return sum(len(family.samples) for family in families)

    assert gateway.get("/nowhere").status_code == 404
    before = series()
    for number in range(300):
        gateway.get(f"/nowhere/{number}/../{number}?x={number}")
    assert series() == before


def test_hostile_path_is_one_line_of_the_log(gateway: Running) -> None:
    """Case 155."""
    before = len(gateway.events("request"))
    gateway.get("/%1b%5b31mred%c2%85%e2%80%a8/" + "a" * 5000)
    eventually(lambda: len(gateway.events("request")) > before, "the access line")
    lines = gateway.errors.read_bytes().splitlines()
    assert all(len(line) < 2048 for line in lines)
    assert all(line.isascii() for line in lines)
    assert json.loads(lines[-1])["event"] == "request"


def test_counts_add_up(gateway: Running) -> None:
    """Case 158: requests by side, their durations and the log say the same."""
    for _ in range(5):
        gateway.get("/hello")
    total = gateway.metric("gateway_requests_total")
    assert total == gateway.metric("gateway_request_duration_seconds_count")
    assert total == gateway.metric("gateway_overhead_seconds_count")
    eventually(lambda: len(gateway.events("request")) == total, "each request has its line")


def test_every_refusal_is_counted(gateway: Running) -> None:
    """Case 40."""
    before = gateway.metric("gateway_rejected_total")
    assert statuses(raw(gateway.address, b"GET / HTTP/1.1")) == [400]
    assert statuses(raw(gateway.address, b"GET /x#y HTTP/1.1", b"Host: a")) == [400]
    assert gateway.metric("gateway_rejected_total") == before + 2
    assert gateway.metric("gateway_rejected_total", reason="fragment") >= 1


def test_scrape_does_not_hold_the_door(gateway: Running, tmp_path: Path) -> None:
    """Case 154, light: requests while somebody scrapes without a pause."""
    stop = threading.Event()

    def scrape() -> None:
        with httpx.Client(trust_env=False) as http:
            while not stop.is_set():
                assert http.get(gateway.console + "/metrics").status_code == 200

    thread = threading.Thread(target=scrape)
    thread.start()
    try:
        durations = []
        for _ in range(200):
            began = time.perf_counter()
            assert gateway.get("/hello").status_code == 200
            durations.append(time.perf_counter() - began)
    finally:
        stop.set()
        thread.join()
    assert statistics.median(durations) < 0.1  # a few ms on an idle machine
