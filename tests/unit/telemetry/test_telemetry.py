"""Metrics and log as the one recorder that the door knows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.errors import BackendCrashed, BackendTimeout
from gateway.proxy.record import Recorder
from gateway.settings import Settings
from gateway.telemetry.telemetry import Telemetry
from tests.support.served import a_served


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


def test_answer_is_counted_and_logged(stream: tuple[int, Path]) -> None:
    fd, path = stream
    telemetry = Telemetry(Settings(log_format="json"), fd=fd)
    recorder: Recorder = telemetry
    recorder.served(a_served())
    telemetry.close()
    assert json.loads(path.read_text())["event"] == "request"
    assert telemetry.registry.get_sample_value("gateway_overhead_seconds_count") == 1


def test_count_that_fails_harms_neither_the_log_nor_the_door(stream: tuple[int, Path]) -> None:
    fd, path = stream
    telemetry = Telemetry(Settings(log_format="json"), fd=fd)
    telemetry.metrics._cells.of("everything", (), 1 << 19)
    telemetry.metrics._cells._next = 1 << 20  # full
    telemetry.served(a_served(route_id="late"))
    telemetry.close()
    assert [json.loads(line)["event"] for line in path.read_text().splitlines()] == ["metrics_failed", "request"]


def fails() -> None:
    raise ValueError("a bug of v2")


def failing() -> BaseException:
    with pytest.raises(ValueError) as caught:
        fails()
    return caught.value


def test_exception_of_a_shadow_is_logged_with_its_traceback_and_its_line(stream: tuple[int, Path]) -> None:
    fd, path = stream
    telemetry = Telemetry(Settings(log_format="json"), fd=fd)
    telemetry.redact_with(lambda text: text.replace("bug", "***"))
    for number in range(3):
        telemetry.shadow_failed(f"r-{number}", "employees.get", "v2", failing())
    telemetry.shadow_failed("r-3", "employees.list", "v2", failing())
    telemetry.shadow_failed("r-4", "employees.get", "v2", BackendTimeout("v2 did not answer within 5 s"))
    telemetry.close()
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(line["event"], line["id"], line["level"]) for line in lines] == [
        ("shadow_failed", "r-0", "warning"),
        ("shadow_failed", "r-3", "warning"),
        ("shadow_failed", "r-4", "warning"),
    ]
    assert lines[0]["message"].startswith("ValueError: a *** of v2, at tests/unit/telemetry/test_telemetry.py:")
    assert "Traceback" in lines[0]["exception"]
    assert "ValueError: a *** of v2" in lines[0]["exception"]
    assert "bug" not in lines[0]["exception"]
    assert (lines[2]["code"], lines[2]["message"]) == ("backend_timeout", "v2 did not answer within 5 s")
    assert "exception" not in lines[2]


def test_process_ending_exception_of_a_shadow_is_named_by_what_it_was(stream: tuple[int, Path]) -> None:
    fd, path = stream
    telemetry = Telemetry(Settings(log_format="json"), fd=fd)
    telemetry.redact_with(str)
    crashed = BackendCrashed("the application raised SystemExit: 3")
    crashed.__cause__ = SystemExit(3)
    telemetry.shadow_failed("r-1", "employees.get", "v2", crashed)
    telemetry.close()
    line = json.loads(path.read_text())
    assert (line["code"], line["message"]) == ("backend_crashed", "SystemExit: 3")
    assert "SystemExit: 3" in line["exception"]


def test_words_of_an_application_are_not_logged_while_nothing_redacts_them(stream: tuple[int, Path]) -> None:
    fd, path = stream
    telemetry = Telemetry(Settings(log_format="json"), fd=fd)
    telemetry.shadow_failed("r-1", "employees.get", "v2", failing())
    telemetry.close()
    assert "bug" not in path.read_text()
