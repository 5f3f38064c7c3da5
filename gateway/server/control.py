"""How a supervisor asks its workers: one line with a question, one line of JSON back, over a socket pair.

A question is a word, and what it is about as JSON where it is about something: `status`, `force {"side": "legacy"}`.

Asked at the moment of need, so an idle fleet is silent and an answer is never old. The worker answers on a thread of
its own; a worker whose loop is stuck still answers. End of file means that the other side is gone, however it went.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Mapping
from typing import Any

from gateway.telemetry.logs import EventLog

Answers = Mapping[str, Callable[[Any], Any]]
"""Question -> what answers it, with anything that JSON can say. It is given what the question is about, or None."""

READY = "ready"
"""What a worker says unasked, once, when it accepts connections."""


class ControlEnd:
    """The worker's end. `lost` is called when the supervisor is gone; a question that fails is logged to `log`."""

    def __init__(self, connection: socket.socket, answers: Answers, *, log: EventLog, lost: Callable[[], None]) -> None:
        self._connection = connection
        self._answers = answers
        self._log = log
        self._lost = lost
        self._lock = threading.Lock()
        threading.Thread(target=self._serve, name="gateway-control", daemon=True).start()

    def say(self, kind: str, answer: Any = None) -> None:
        """Send one line."""
        with self._lock:
            self._connection.sendall(json.dumps([kind, answer]).encode() + b"\n")

    def _serve(self) -> None:
        try:
            with self._connection.makefile("rb") as lines:
                for line in lines:
                    question, _, about = line.decode().strip().partition(" ")
                    self.say(question, self._answer(question, about))
        except OSError:
            pass  # gone in the middle of an answer
        finally:
            self._lost()

    def _answer(self, question: str, about: str) -> Any:
        """None when it cannot be answered: the worker goes on serving."""
        try:
            return self._answers[question](json.loads(about) if about else None)
        except Exception:  # noqa: BLE001 # a check or a gauge that fails, for whatever reason, must not stop the worker
            self._log.exception("question_failed", question=question)
            return None


class Conversation:
    """The supervisor's end."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._changed = threading.Condition()
        self._latest: dict[str, tuple[int, Any]] = {}
        self._over = False

    def listen(self, on_ready: Callable[[], None]) -> None:
        """Take answers until the worker is gone. For a thread of the worker's own."""
        try:
            with self._connection.makefile("rb") as lines:
                for line in lines:
                    kind, answer = json.loads(line)
                    with self._changed:
                        self._latest[kind] = (self._latest.get(kind, (0, None))[0] + 1, answer)
                        self._changed.notify_all()
                    if kind == READY:
                        on_ready()
        except (OSError, ValueError):
            pass  # killed in the middle of a line
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def tell(self, line: bytes) -> None:
        """Send one line; a worker that is gone, or has not listened for very long, does not hear it."""
        with contextlib.suppress(OSError):
            self._connection.send(line + b"\n", socket.MSG_DONTWAIT)

    def ask(self, question: str, about: Any = None, *, seconds: float) -> Any | None:
        """The answer, or None when none came within `seconds`: an old one would look like a fresh one."""
        line = question if about is None else f"{question} {json.dumps(about)}"
        with self._changed:
            before = self._latest.get(question, (0, None))[0]
            self.tell(line.encode())
            self._changed.wait_for(
                lambda: self._over or self._latest.get(question, (0, None))[0] > before, timeout=seconds
            )
            number, answer = self._latest.get(question, (0, None))
            return answer if number > before else None

    def close(self) -> None:
        """Let go of the socket."""
        self._connection.close()
