"""Lines go out on a thread of their own: a terminal, pipe or disk that does not take them can never hold a request."""

from __future__ import annotations

import atexit
import os
import select
import stat
import threading
from collections import deque

FLUSH_SECONDS = 0.05
"""How long a line waits for company."""
LIMIT_BYTES = 8 * 1024 * 1024
"""How much may wait for a reader that does not read; what comes after that is dropped and counted."""
CLOSE_SECONDS = 1.0
"""How long `close` waits for a reader that does not read."""

_FILE_BATCH = 1 << 16
"""Bytes for one write to a file. A pipe gets PIPE_BUF at most: only so much is not torn by other workers' lines."""


class Writer:
    """A file descriptor that is never waited for. `write` may be called on any thread."""

    def __init__(self, fd: int, *, limit: int = LIMIT_BYTES) -> None:
        self._fd = fd
        self._limit = limit
        self._batch = _FILE_BATCH if stat.S_ISREG(os.fstat(fd).st_mode) else select.PIPE_BUF
        self._lines: deque[bytes] = deque()
        self._size = 0
        self._dropped = 0
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="gateway-log", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def __repr__(self) -> str:
        return f"<Writer fd={self._fd} waiting={self._size}B dropped={self._dropped}>"

    @property
    def dropped(self) -> int:
        """Lines lost so far."""
        return self._dropped

    def write(self, line: bytes) -> None:
        """Take one line, newline included. Never blocks, never raises."""
        if self._size > self._limit:
            self._dropped += 1
            return
        self._size += len(line)  # an estimate under contention: the thread sets it right whenever it has caught up
        self._lines.append(line)
        if not self._wake.is_set():
            self._wake.set()

    def close(self) -> None:
        """Write what waits, for at most `CLOSE_SECONDS`."""
        self._closing.set()
        self._wake.set()
        self._thread.join(CLOSE_SECONDS)
        atexit.unregister(self.close)

    def _run(self) -> None:
        while not self._closing.is_set():
            self._wake.wait()
            self._closing.wait(FLUSH_SECONDS)
            # Cleared before the lines are taken: a line that comes meanwhile wakes the thread again.
            self._wake.clear()
            self._drain()
        self._drain()

    def _drain(self) -> None:
        while self._lines:
            batch: list[bytes] = []
            taken = 0
            while self._lines and (not batch or taken + len(self._lines[0]) <= self._batch):
                line = self._lines.popleft()
                batch.append(line)
                taken += len(line)
            if not self._put(b"".join(batch)):
                self._dropped += len(batch)
            self._size = 0 if not self._lines else self._size - taken

    def _put(self, data: bytes) -> bool:
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self._fd, view) :]
            except BlockingIOError:  # a pipe that someone else made non-blocking
                if self._closing.wait(FLUSH_SECONDS):
                    return False
            except OSError:  # the reader is gone, the disk is full: logging is not worth a request
                return False
        return True
