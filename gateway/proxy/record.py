"""What the door tells the world about a request, and who listens.

A recorder is called on the door's loop after the answer has gone out. It must not block, and it must not raise.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from gateway.parity.difference import Comparison


class Served(NamedTuple):
    """One request that got an answer, or whose client left. A tuple, because one is made for every request."""

    request_id: str
    method: str
    path: str
    route_id: str
    mode: str
    side: str
    """`legacy` or `v2`; empty when the gateway answered itself."""
    status: int
    duration: float
    """Seconds from the request's head to the last byte of the answer."""
    backend: float
    """Seconds of `duration` that were spent waiting for a side; the rest is the gateway's own."""
    client: str
    fallback: str
    """Why legacy answered in v2's place; empty when it did not."""
    aborted: bool
    """The answer did not reach its end: the client left, or the side broke off."""


class Recorder(Protocol):
    """A sink for what the door sees."""

    def served(self, served: Served, /) -> None:
        """One request is over."""

    def rejected(self, reason: str, /) -> None:
        """A request was refused by the gateway itself."""

    def dropped_header(self, reason: str, /) -> None:
        """A request header was dropped before either side saw it."""

    def failed(self, request_id: str, route_id: str, side: str, error: BaseException, /) -> None:
        """A side gave no answer, or broke off in the middle of one."""

    def shadowed(self, route_id: str, outcome: str, elapsed: float, /) -> None:
        """A shadow was asked; `outcome` is `answered` or the kind of its failure."""

    def shadow_failed(self, request_id: str, route_id: str, side: str, error: BaseException, /) -> None:
        """A side that was asked as a shadow raised, be it after its answer. Its traceback is there for this call."""

    def shadow_dropped(self, route_id: str, reason: str, /) -> None:
        """A planned shadow was not asked."""

    def compared(self, route_id: str, comparison: Comparison, /) -> None:
        """Both answers of a request were compared."""

    def shadow_depth(self, depth: int, /) -> None:
        """How many shadows wait or run."""
