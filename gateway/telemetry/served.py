"""What telemetry is told of an answered request.

The door has its own, equal type: the two folders do not know each other.
"""

from __future__ import annotations

from typing import Protocol


class Served(Protocol):
    """One answered request. Durations are in seconds of the monotonic clock."""

    @property
    def request_id(self) -> str:
        """The id that both applications see."""

    @property
    def method(self) -> str:
        """The request's method."""

    @property
    def path(self) -> str:
        """The canonical path, decoded; the client chose it."""

    @property
    def route_id(self) -> str:
        """The map's id, or `__default__`."""

    @property
    def mode(self) -> str:
        """The rung that the route stood on."""

    @property
    def side(self) -> str:
        """`legacy`, `v2`, or empty when nothing answered."""

    @property
    def status(self) -> int:
        """The status that the client got; 0 when it got none."""

    @property
    def duration(self) -> float:
        """From the head of the request to the last byte of the answer."""

    @property
    def backend(self) -> float:
        """The part of `duration` that was spent inside the backend."""

    @property
    def client(self) -> str:
        """The client's address."""

    @property
    def fallback(self) -> str:
        """Why the other side answered instead; empty when none did."""

    @property
    def aborted(self) -> bool:
        """Whether the answer was cut short."""
