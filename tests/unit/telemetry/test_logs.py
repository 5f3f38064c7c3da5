"""Events, access lines and the standard library's records, in one stream."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gateway.telemetry.logs import Clock, Logs
from tests.support.served import a_served

Read = Callable[[], list[dict[str, Any]]]


def test_event_has_time_level_and_its_fields(logs: tuple[Logs, Read]) -> None:
    log, read = logs
    log.event.info("map_loaded", revision="abc", routes=3)
    [line] = read()
    assert line.pop("time").endswith("Z")
    assert line == {"level": "info", "event": "map_loaded", "pid": os.getpid(), "revision": "abc", "routes": 3}


def test_level_is_heeded(logs: tuple[Logs, Read]) -> None:
    log, read = logs
    log.event.debug("unheard")
    log.event.warning("heard")
    assert [line["event"] for line in read()] == ["heard"]


def test_access_line_says_who_answered_what(logs: tuple[Logs, Read]) -> None:
    log, read = logs
    log.access(a_served(path="/x\r\ny\u2028", fallback="timeout", aborted=True))
    [line] = read()
    del line["time"]
    assert line == {
        "level": "info",
        "event": "request",
        "id": "r-1",
        "client": "192.0.2.7",
        "method": "GET",
        "path": "/x\r\ny\u2028",
        "status": 200,
        "side": "legacy",
        "route": "employees.get",
        "mode": "legacy",
        "ms": 12.0,
        "backend_ms": 11.9,
        "fallback": "timeout",
        "aborted": True,
    }


def test_access_log_can_be_off(stream: tuple[int, Path]) -> None:
    fd, path = stream
    logs = Logs(fd, form="json", level="info", access=False)
    logs.access(a_served())
    logs.close()
    assert path.read_text() == ""


def test_people_get_words(stream: tuple[int, Path]) -> None:
    fd, path = stream
    logs = Logs(fd, form="console", level="info", access=True)
    logs.access(a_served(path="/a b"))
    logs.event.warning("map_refused", problems=2)
    logs.close()
    access, event = path.read_text().splitlines()
    assert access[13:] == "info    200 GET /a b ms=12.0 side=legacy route=employees.get id=r-1"
    assert event[13:] == "warning map_refused problems=2"


def test_form_auto_is_json_unless_it_is_a_terminal(stream: tuple[int, Path]) -> None:
    fd, path = stream
    logs = Logs(fd, form="auto", level="info", access=True)
    logs.event.info("x")
    logs.close()
    assert json.loads(path.read_text())["event"] == "x"


def test_closed_log_gives_the_standard_library_back(logs: tuple[Logs, Read]) -> None:
    log, read = logs
    before = list(logging.getLogger().handlers)
    log.install()
    read()
    assert logging.getLogger().handlers == before


def test_clock_formats_milliseconds() -> None:
    now = [1_800_000_000.0]
    clock = Clock(lambda: now[0])
    assert clock.now() == "2027-01-15T08:00:00.000Z"
    now[0] += 0.9996
    assert clock.now() == "2027-01-15T08:00:00.999Z"
    now[0] -= 3600
    assert clock.now() == "2027-01-15T07:00:00.999Z"
