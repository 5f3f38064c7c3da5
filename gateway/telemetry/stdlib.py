"""Records of the standard library's logging, as events of the gateway's log.

uvicorn, Flask, werkzeug, `warnings` and the legacy application's own loggers all end here unless the application
installs handlers of its own. A record's `request_id`, if it has one, comes along.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

_LEVELS = ((logging.ERROR, "error"), (logging.WARNING, "warning"), (logging.INFO, "info"))


_SAID_BY_THE_ACCESS_LINE = frozenset(
    {
        # uvicorn's, for a handshake that the application refused with an answer of its own
        "ASGI callable returned without completing handshake.",
        # and for an answer that broke off, after which the door closes the connection on purpose
        "ASGI callable returned without completing response.",
    },
)


class Forward(logging.Handler):
    """Hands each record to `event`, a structlog logger."""

    def __init__(self, event: Any) -> None:
        super().__init__()
        self._event = event

    def emit(self, record: logging.LogRecord) -> None:
        """One record, one event. A record that cannot be formatted is reported, never raised."""
        if record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError):
            return  # a request that outlived the grace period: its access line says `aborted`
        try:
            message = record.getMessage().rstrip()
        except (TypeError, ValueError) as error:  # wrong arguments for the format
            message = f"{record.msg} ({error})"
        fields: dict[str, Any] = {"logger": record.name}
        request_id = getattr(record, "request_id", None)
        if request_id:
            fields["id"] = request_id
        if record.exc_info:
            fields["exc_info"] = record.exc_info
        if message in _SAID_BY_THE_ACCESS_LINE:
            return
        level = next((name for least, name in _LEVELS if record.levelno >= least), "debug")
        getattr(self._event, level)(message, **fields)
