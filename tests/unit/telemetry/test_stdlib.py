"""What the standard library's loggers are told ends in the gateway's log."""

from __future__ import annotations

import asyncio
import json
import logging
import warnings
from collections.abc import Callable
from typing import Any

from gateway.telemetry.logs import Logs
from gateway.telemetry.stdlib import Forward

Read = Callable[[], list[dict[str, Any]]]


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
