"""What a backend is beside a callable: it is started, it says how it is, it is stopped.

    STARTING ──> UP ──> DOWN (stopped)
        └──> DOWN (why) ──retry──> UP

A backend that is not UP refuses every call with `BackendUnavailable`, before anything was asked.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from gateway.asgi import Backend, Receive, Scope, Send
from gateway.errors import BackendUnavailable


class Phase(StrEnum):
    """Where a backend is in its life. The values are metric labels."""

    STARTING = "starting"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class State:
    """A phase and, unless it is UP, the reason in words for `/readyz` and the log."""

    phase: Phase
    reason: str = ""

    def require_up(self, name: str) -> None:
        """Raise `BackendUnavailable` unless the phase is UP; `name` is how people call the backend."""
        if self.phase is not Phase.UP:
            raise BackendUnavailable(f"{name} is {self.phase}: {self.reason}", retry_after=1)


class ManagedBackend(Backend, Protocol):
    """A backend with a life of its own. `app.py` starts and stops it; the door only calls it."""

    @property
    def state(self) -> State:
        """How it is at this moment; cheap, and safe to read from any thread."""

    async def start(self) -> None:
        """Begin; returns at once and never raises for what the application does."""

    async def stop(self, grace: float) -> None:
        """Let calls in flight end for at most `grace` seconds, then let go of everything."""


def exponential(first: float = 1.0, ceiling: float = 60.0) -> Iterator[float]:
    """Seconds to wait before each further attempt, for ever: doubling from `first`, never over `ceiling`."""
    for step in itertools.count():
        # 2**60 s is past any ceiling; bounding the exponent keeps the float finite however long a side is down.
        yield min(first * 2.0 ** min(step, 60), ceiling)


class DownBackend:
    """A side that cannot be asked at all, for instance because its import failed; everything else goes on."""

    def __init__(self, name: str, reason: str) -> None:
        self._name = name
        self.state = State(Phase.DOWN, reason)

    async def start(self) -> None:
        """Nothing can be started."""

    async def stop(self, grace: float) -> None:
        """Nothing has to be stopped."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send, /) -> None:  # noqa: ARG002 - ASGI's signature
        """Refuse."""
        self.state.require_up(self._name)
