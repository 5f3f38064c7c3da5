"""The process's log: events through structlog, access lines straight, the standard library's records with them.

One stream, standard error, for every command; standard output belongs to data. JSON in production, words on a terminal.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, MutableMapping
from typing import Any, Protocol, cast

import structlog

from gateway.settings import LogFormat, LogLevel
from gateway.telemetry.line import TRACEBACK, Fields, as_json, as_text
from gateway.telemetry.served import Served
from gateway.telemetry.stdlib import Forward
from gateway.telemetry.writer import Writer

_CHATTY = ("alembic", "uvicorn", "watchfiles")
"""Libraries of ours that announce what we announce ourselves."""


class EventLog(Protocol):
    """What the rest of the gateway logs with: `log.info("map_loaded", revision=...)`."""

    def debug(self, event: str, **fields: Any) -> None:
        """For whoever looks into a problem."""

    def info(self, event: str, **fields: Any) -> None:
        """Something happened as it should."""

    def warning(self, event: str, **fields: Any) -> None:
        """Something needs attention; requests are answered."""

    def error(self, event: str, **fields: Any) -> None:
        """Something failed; `exc_info=error` adds the traceback."""

    def exception(self, event: str, **fields: Any) -> None:
        """Something failed: the exception that is being handled, with its traceback."""


class Logs:
    """One process's log. Building it starts a writer thread; `install` makes the standard library log here too."""

    def __init__(self, fd: int, *, form: LogFormat, level: LogLevel, access: bool) -> None:
        self.writer = Writer(fd)
        self._json = form == "json" or (form == "auto" and not os.isatty(fd))
        self._access = access
        self._clock = Clock()
        self._level = logging.getLevelNamesMapping()[level.upper()]
        self.event = self._event_log()

    def access(self, served: Served, /) -> None:
        """One line for one answered request: about 2 us, so structlog's processors are left out."""
        if not self._access:
            return
        fields: Fields = {
            "time": self._clock.now(),
            "level": "info",
            "event": "request",
            "id": served.request_id,
            "client": served.client,
            "method": served.method,
            "path": served.path,
            "status": served.status,
            "side": served.side,
            "route": served.route_id,
            "mode": served.mode,
            "ms": round(served.duration * 1e3, 3),
            "backend_ms": round(served.backend * 1e3, 3),
        }
        if served.fallback:
            fields["fallback"] = served.fallback
        if served.aborted:
            fields["aborted"] = True
        self.writer.write(as_json(fields) if self._json else _for_people(fields))

    def install(self) -> None:
        """Take the records of the standard library's loggers and warnings, unless the application takes them itself."""
        root = logging.getLogger()
        root.addHandler(Forward(self.event))
        root.setLevel(self._level)
        for name in _CHATTY:
            logging.getLogger(name).setLevel(logging.WARNING)
        logging.captureWarnings(capture=True)

    def close(self) -> None:
        """Give back the standard library's loggers and write what waits."""
        root = logging.getLogger()
        for handler in [handler for handler in root.handlers if isinstance(handler, Forward)]:
            root.removeHandler(handler)
            logging.captureWarnings(capture=False)
        self.writer.close()

    def _event_log(self) -> EventLog:
        logger: Any = structlog.wrap_logger(
            _Sink(self.writer.write),
            processors=[self._stamp, _traceback, as_json_event if self._json else as_text_event],
            wrapper_class=structlog.make_filtering_bound_logger(self._level),
            context_class=dict,
            cache_logger_on_first_use=True,
        )
        # Which of several workers says it; an access line has an id that is the worker's own.
        return cast("EventLog", logger.bind(pid=os.getpid()) if self._json else logger.bind())

    def _stamp(self, _logger: Any, method: str, fields: MutableMapping[str, Any]) -> Fields:
        return {"time": self._clock.now(), "level": method, "event": fields.pop("event", ""), **fields}


class Clock:
    """Timestamps in UTC with milliseconds; the second is formatted once."""

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self._second = -1
        self._text = ""

    def now(self) -> str:
        """`2027-01-31T12:00:00.123Z`; for people only, durations are measured elsewhere."""
        now = self._wall()
        second = int(now)
        if second != self._second:
            self._text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
            self._second = second
        return f"{self._text}.{int((now - second) * 1000):03d}Z"


class _Sink:
    """The end of structlog's chain: a rendered line goes to the writer."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self.debug = self.info = self.warning = self.error = self.critical = write


def as_json_event(_logger: Any, _method: str, fields: MutableMapping[str, Any]) -> bytes:
    """The last processor, in production."""
    return as_json(dict(fields))


def as_text_event(_logger: Any, _method: str, fields: MutableMapping[str, Any]) -> bytes:
    """The last processor, on a terminal."""
    return as_text(dict(fields))


def _traceback(logger: Any, method: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """`exc_info` as text: frames and messages, never the values of variables, which hold headers and bodies."""
    if fields.get("exc_info"):
        structlog.processors.ExceptionRenderer()(logger, method, fields)
    else:
        fields.pop("exc_info", None)
    if not fields.get(TRACEBACK, "-"):
        del fields[TRACEBACK]
    return fields


def _for_people(fields: Fields) -> bytes:
    side = fields["side"] or "-"
    event = f"{fields['status']} {fields['method']} {fields['path']}"
    line: Fields = {"time": fields["time"], "level": "info", "event": event, "ms": fields["ms"], "side": side}
    line |= {key: fields[key] for key in ("route", "id", "fallback", "aborted") if key in fields}
    return as_text(line)
