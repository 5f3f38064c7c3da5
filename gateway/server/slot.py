"""One place for a worker: whoever holds it now, what it counted, and when the next one may come."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from gateway.server.control import Conversation
from gateway.settings import Settings
from gateway.telemetry.cells import anonymous_file

ASK_SECONDS = 1.0
"""How long a worker may take to say how it is. Generous: a busy one must not look like a dead one."""

_FREE_DEATHS = 5
_WINDOW_SECONDS = 60.0
_FIRST_DELAY = 0.5
_LONGEST_DELAY = 30.0


class Backoff:
    """How long to wait before the next start: not at all, until there were too many deaths within a minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._deaths: deque[float] = deque()

    def died(self) -> float:
        """A worker died; seconds until its successor may start."""
        now = self._clock()
        self._deaths.append(now)
        while self._deaths[0] < now - _WINDOW_SECONDS:
            self._deaths.popleft()
        beyond = len(self._deaths) - _FREE_DEATHS
        return min(_LONGEST_DELAY, _FIRST_DELAY * 2.0 ** min(beyond - 1, 16)) if beyond > 0 else 0.0


class Slot:
    """A worker at a time. `changed` is called with the slot when its worker is ready, and when it has ended."""

    def __init__(self, settings: Settings, listener: socket.socket, changed: Callable[[Slot], None]) -> None:
        self._settings = settings
        self._listener = listener
        self._changed = changed
        self._conversation: Conversation | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self.cells = anonymous_file()
        self.backoff = Backoff()
        self.was_ready = False
        """Whether the present worker has ever been."""
        self.due: float | None = None
        """When a successor is to be started, on the monotonic clock."""

    def start(self) -> None:
        """Start a worker in this place."""
        ours, theirs = socket.socketpair()
        fds = (theirs.fileno(), self._listener.fileno(), self.cells)
        with theirs:
            process = subprocess.Popen(  # noqa: S603 # ourselves
                [sys.executable, "-m", "gateway.server.worker", *map(str, fds)],
                pass_fds=fds,
                start_new_session=True,  # Ctrl-C is for the supervisor, which passes it on
            )
        conversation = Conversation(ours)
        conversation.tell(self._settings.model_dump_json().encode())
        self.was_ready, self.due = False, None
        self._process, self._conversation = process, conversation
        threading.Thread(target=self._attend, args=(process, conversation), daemon=True).start()

    @property
    def pid(self) -> int:
        """The worker's process id; 0 when there is none."""
        return self._process.pid if self.is_alive and self._process is not None else 0

    @property
    def is_alive(self) -> bool:
        """Whether there is a worker, ready or not."""
        return self._process is not None and self._process.returncode is None

    @property
    def exit_code(self) -> int:
        """The last worker's exit code; negative for a signal."""
        return 0 if self._process is None or self._process.returncode is None else self._process.returncode

    def ask(self, question: str, about: Any = None) -> Any | None:
        """The worker's answer; None when there is no worker, or it does not answer."""
        if self._conversation is None or not self.is_alive:
            return None
        return self._conversation.ask(question, about, seconds=ASK_SECONDS)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the worker, if there is one."""
        if self._process is not None:
            self._process.send_signal(number)  # does nothing for a process that has been waited for

    def close(self) -> None:
        """Let go of what was counted."""
        os.close(self.cells)

    def _attend(self, process: subprocess.Popen[bytes], conversation: Conversation) -> None:
        conversation.listen(self._ready)
        process.wait()
        conversation.close()
        self._changed(self)

    def _ready(self) -> None:
        self.was_ready = True
        self._changed(self)
