"""Metrics and log as the one recorder that the door knows."""

from __future__ import annotations

import json
from pathlib import Path

from gateway.errors import BackendTimeout
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
