"""A log in a file."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.telemetry.logs import Logs

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
