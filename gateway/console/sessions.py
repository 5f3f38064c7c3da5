"""Sessions of browsers: a random value in a cookie, and what it stands for. Kept in memory, bounded, over after a day.

A session may read and never change anything, so what a stolen cookie is good for is looking.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from hashlib import sha256

from gateway.console.auth import Role

COOKIE = "gateway_session"
LIFE_SECONDS = 12 * 3600
"""How long a session lasts: a day at work."""
MOST = 1000
"""How many there may be; the oldest goes when one more is opened."""


class Sessions:
    """The sessions of one console. May be asked on any thread; `clock` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._open: dict[bytes, tuple[Role, float]] = {}

    def open(self, role: Role) -> str:
        """Begin a session. The value of its cookie."""
        value = secrets.token_urlsafe(32)
        with self._lock:
            while len(self._open) >= MOST:
                del self._open[next(iter(self._open))]
            self._open[_key(value)] = (role, self._clock() + LIFE_SECONDS)
        return value

    def role_of(self, value: str | None) -> Role | None:
        """What a cookie's value stands for; None when there is no such session, or it is over."""
        if value is None:
            return None
        with self._lock:
            role, end = self._open.get(_key(value), (None, 0.0))
        return role if self._clock() < end else None

    def close(self, value: str | None) -> None:
        """End a session, if there is one."""
        if value is not None:
            with self._lock:
                self._open.pop(_key(value), None)


def _key(value: str) -> bytes:
    """A digest is looked up, so that how long the look-up takes says nothing about the value."""
    return sha256(value.encode("utf-8", "surrogateescape")).digest()
