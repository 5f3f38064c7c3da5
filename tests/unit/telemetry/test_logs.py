"""Events, access lines and the standard library's records, in one stream."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import BackendTimeout
from gateway.settings import Settings
from gateway.telemetry.logs import Clock, Logs
from gateway.telemetry.stdlib import Forward
from gateway.telemetry.telemetry import Telemetry
from tests.support.served import a_served

Read = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def stream(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    fd = os.open(tmp_path / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    yield fd, tmp_path / "log"
    os.close(fd)


@pytest.fixture
def logs(stream: tuple[int, Path]) -> Iterator[tuple[Logs, Read]]:
    fd, path = stream
    root = logging.getLogger()
    level = root.level
    logs = Logs(fd, form="json", level="info", access=True)

    def read() -> list[dict[str, Any]]:
        logs.close()
        return [json.loads(line) for line in path.read_text().splitlines()]

    yield logs, read
    logs.close()
    root.setLevel(level)


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


def test_records_of_the_standard_library_join(logs: tuple[Logs, Read]) -> None:
    log, read = logs
    log.install()
    logging.getLogger("gateway.legacy").warning("slow %s", "query", extra={"request_id": "r-9"})
    logging.getLogger("flask.app").info("hello\nthere")
    logging.getLogger("uvicorn.error").info("Started server process")
    lines = read()
    assert [(line["logger"], line["event"], line.get("id")) for line in lines] == [
        ("gateway.legacy", "slow query", "r-9"),
        ("flask.app", "hello\nthere", None),
    ]


def test_warnings_join(logs: tuple[Logs, Read]) -> None:
    log, read = logs
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        log.install()
        warnings.warn("old ways", DeprecationWarning, stacklevel=1)
        [line] = read()
    assert line["logger"] == "py.warnings"
    assert "old ways" in line["event"]


def test_record_that_cannot_be_formatted_is_reported(logs: tuple[Logs, Read]) -> None:
    log, read = logs
    record = logging.LogRecord("gateway.legacy", logging.WARNING, "view.py", 1, "%d", ("not a number",), None)
    Forward(log.event).emit(record)
    [line] = read()
    assert line["event"].startswith("%d (")


def test_traceback_has_frames_and_no_values(logs: tuple[Logs, Read]) -> None:
    """Case 156: frames' variables hold headers and bodies."""
    log, read = logs
    log.install()

    def view(authorization: str) -> None:
        raise ValueError(f"bad credentials of {len(authorization)} letters")

    try:
        view("Bearer-" + "s3cr3t")
    except ValueError:
        logging.getLogger("gateway.legacy").exception("view failed")
    [line] = read()
    assert "in view" in line["exception"]
    assert "ValueError: bad credentials of 13 letters" in line["exception"]
    assert "s3cr3t" not in json.dumps(line).replace('\\"Bearer-\\" + \\"s3cr3t\\"', "")


def test_cancelled_request_is_no_error(logs: tuple[Logs, Read]) -> None:
    """uvicorn reports each request that outlived the grace period with a traceback."""
    log, read = logs
    log.install()
    logging.getLogger("uvicorn.error").error("Exception in ASGI application", exc_info=asyncio.CancelledError())
    assert read() == []


def test_closed_log_gives_the_standard_library_back(logs: tuple[Logs, Read]) -> None:
    log, read = logs
    before = list(logging.getLogger().handlers)
    log.install()
    read()
    assert logging.getLogger().handlers == before


def test_failure_is_logged_once_with_its_id(stream: tuple[int, Path]) -> None:
    """Case 156: what was foreseen says its cause; only a surprise has a traceback."""
    fd, path = stream
    telemetry = Telemetry(Settings(log_format="json"), fd=fd)
    telemetry.failed("r-1", "employees.get", "v2", BackendTimeout("v2 did not answer within 5 s"))
    telemetry.failed("r-2", "employees.get", "v2", ValueError("surprise"))
    telemetry.close()
    first, second = [json.loads(line) for line in path.read_text().splitlines()]
    assert (first["id"], first["code"], first["message"]) == ("r-1", "backend_timeout", "v2 did not answer within 5 s")
    assert "exception" not in first
    assert (second["id"], second["code"]) == ("r-2", "exception")
    assert "ValueError: surprise" in second["exception"]


def test_clock_formats_milliseconds() -> None:
    now = [1_800_000_000.0]
    clock = Clock(lambda: now[0])
    assert clock.now() == "2027-01-15T08:00:00.000Z"
    now[0] += 0.9996
    assert clock.now() == "2027-01-15T08:00:00.999Z"
    now[0] -= 3600
    assert clock.now() == "2027-01-15T07:00:00.999Z"
