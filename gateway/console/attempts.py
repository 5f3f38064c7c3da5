"""How often an address may be wrong at the sign-in. Gently: a token cannot be guessed, so this spares the log and CPU.

A token that is sent with a request is not slowed down by it: whoever has one gets in, whatever others try.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

FREE = 10
"""Wrong tokens within a window that cost nothing."""
WINDOW_SECONDS = 60.0
MOST = 1000
"""Addresses that are remembered."""


class Attempts:
    """Wrong tokens by address. May be asked on any thread; `clock` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._wrong: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, address: str) -> int:
        """Whole seconds until this address may try again; 0 when it may now."""
        with self._lock:
            wrong = self._wrong.get(address)
            if wrong is None or len(wrong) < FREE:
                return 0
            return max(0, math.ceil(wrong[0] + WINDOW_SECONDS - self._clock()))

    def failed(self, address: str) -> None:
        """One more wrong token from this address."""
        with self._lock:
            self._wrong.setdefault(address, deque(maxlen=FREE)).append(self._clock())
            self._wrong.move_to_end(address)
            while len(self._wrong) > MOST:
                self._wrong.popitem(last=False)
