"""Metrics and log of one process, as the one recorder that the door knows."""

from __future__ import annotations

import sys
from collections.abc import Callable
from traceback import format_exception, walk_tb

from prometheus_client import CollectorRegistry

from gateway.errors import BackendCrashed, GatewayError
from gateway.exception_text import located
from gateway.parity.difference import Comparison
from gateway.settings import Settings
from gateway.telemetry import families
from gateway.telemetry.cells import Cells
from gateway.telemetry.lag import LoopLag
from gateway.telemetry.line import TRACEBACK
from gateway.telemetry.logs import Logs
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.repeat_limiter import RepeatLimiter
from gateway.telemetry.served import Served


class Telemetry:
    """Built once a process. `registry` is what `/metrics` shows; `lag` watches the loops that it is told of.

    `cells` come from a supervisor. `close` writes what waits.
    """

    def __init__(self, settings: Settings, *, cells: Cells | None = None, fd: int | None = None) -> None:
        self.registry = CollectorRegistry()
        self.metrics = Metrics(self.registry, cells)
        self.logs = Logs(
            sys.stderr.fileno() if fd is None else fd,
            form=settings.log_format,
            level=settings.log_level,
            access=settings.access_log,
        )
        self.log = self.logs.event
        self._repeats = RepeatLimiter()
        self._redacted: Callable[[str], str] = _withheld
        self.lag = LoopLag(self.log)
        self.metrics.gauge(families.LOOP_LAG.name, self.lag.read)
        self.metrics.gauge(families.LOG_DROPPED.name, lambda: {(): float(self.logs.writer.dropped)})

    def redact_with(self, redacted: Callable[[str], str]) -> None:
        """What takes the secrets out of an application's words; until it is there, they are left out of the log."""
        self._redacted = redacted

    def served(self, served: Served, /) -> None:
        """An answer went out, or its client left. Never raises: neither sink may harm the other, nor the door."""
        try:
            self.metrics.served(served)
        except (MemoryError, OSError, ValueError) as error:  # no cell left, or no memory for one
            self.log.warning("metrics_failed", error=repr(error))
        self.logs.access(served)

    def rejected(self, reason: str, /) -> None:
        """A request was refused before any side was asked."""
        self.metrics.rejected(reason)

    def dropped_header(self, reason: str, /) -> None:
        """A request header was withheld from both sides."""
        self.metrics.dropped_header(reason)

    def failed(self, request_id: str, route_id: str, side: str, error: BaseException, /) -> None:
        """A side gave no answer, or broke off. Only what nobody foresaw has a traceback; the rest names its cause."""
        foreseen = isinstance(error, GatewayError)
        code = error.code if isinstance(error, GatewayError) else "exception"
        self.log.error(
            "backend_failed",
            id=request_id,
            route=route_id,
            side=side,
            code=code,
            message=str(error) if foreseen else type(error).__name__,
            exc_info=None if foreseen else error,
        )

    def shadowed(self, route_id: str, outcome: str, elapsed: float, /) -> None:
        """A shadow request ended."""
        self.metrics.shadowed(route_id, outcome, elapsed)

    def shadow_failed(self, request_id: str, route_id: str, side: str, error: BaseException, /) -> None:
        """A shadow raised. A v2 that fails for every request is logged once a minute for each line that it fails at.

        Its words are redacted: a shadow must not bring a client's secrets into the log.
        """
        raised = (error.__cause__ or error) if isinstance(error, BackendCrashed) else error
        left_out = self._repeats.admit((route_id, side, type(raised), _line_of(raised)))
        if left_out is None:
            return
        foreseen = isinstance(error, GatewayError) and not isinstance(error, BackendCrashed)
        self.log.warning(
            "shadow_failed",
            id=request_id,
            route=route_id,
            side=side,
            code=error.code if isinstance(error, GatewayError) else "exception",
            message=self._redacted(str(error) if foreseen else located(raised)),
            **({"repeated": left_out} if left_out else {}),
            **({} if foreseen else {TRACEBACK: self._redacted("".join(format_exception(error)).rstrip())}),
        )

    def shadow_dropped(self, route_id: str, reason: str, /) -> None:
        """A shadow request was not made."""
        self.metrics.shadow_dropped(route_id, reason)

    def compared(self, route_id: str, comparison: Comparison, /) -> None:
        """Both answers of a request were compared."""
        self.metrics.compared(route_id, comparison)

    def shadow_depth(self, depth: int, /) -> None:
        """How many shadow requests wait or are under way."""
        self.metrics.shadow_depth(depth)

    def close(self) -> None:
        """Stop watching and write what waits, for at most a second."""
        self.lag.stop()
        self.logs.close()


def _withheld(_text: str) -> str:
    return "withheld: nothing redacts it yet"


def _line_of(error: BaseException) -> tuple[str, int] | None:
    """The innermost line that it went through: cheap, since every failure of a shadow asks."""
    innermost = None
    for frame, number in walk_tb(error.__traceback__):
        innermost = frame.f_code.co_filename, number
    return innermost
