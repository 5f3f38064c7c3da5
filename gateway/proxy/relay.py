"""A side's answer on its way to the client: passed on unchanged, and watched."""

from __future__ import annotations

from collections.abc import Callable

from gateway.asgi import Message, RawHeaders, Send
from gateway.proxy.capture import Capture
from gateway.proxy.deadline import Deadline

_SERVER_ERROR = 500
_HELD_LIMIT = 64 * 1024


class Relay:
    """The `send` that a side is given.

    `extra`, if set, gives headers to add to the answer; `capture`, if set, keeps a copy of what passes. With
    `hold_errors`, an answer of 500 or above is held back, up to 64 KiB, until `release` lets it go or `discard` forgets
    it, because another side may answer instead.
    """

    __slots__ = (
        "_deadline",
        "_held",
        "_held_size",
        "_send",
        "capture",
        "completed",
        "extra",
        "hold_errors",
        "started",
        "status",
    )

    def __init__(self, send: Send) -> None:
        self._send = send
        self._deadline: Deadline | None = None
        self._held: list[Message] = []
        self._held_size = 0
        self.extra: Callable[[], RawHeaders] | None = None
        self.capture: Capture | None = None
        self.hold_errors = False
        self.status = 0
        self.started = False
        self.completed = False

    @property
    def held_status(self) -> int:
        """The status of an answer of 500 or above that waits for a decision; 0 when none does."""
        return int(self._held[0]["status"]) if self._held else 0

    def until_started(self, deadline: Deadline) -> None:
        """Disarm `deadline` when the answer begins."""
        self._deadline = deadline

    def discard(self) -> None:
        """Forget the held answer; from now on every answer passes."""
        self._held = []
        self.hold_errors = False

    async def release(self) -> None:
        """Let the held answer go to the client after all."""
        held, self._held = self._held, []
        self.hold_errors = False
        for message in held:
            await self(message)

    async def __call__(self, message: Message) -> None:
        """Pass one ASGI message on, or hold it back."""
        kind = message["type"]
        if self.hold_errors and (self._held or (kind == "http.response.start" and message["status"] >= _SERVER_ERROR)):
            self._held.append(message)
            self._held_size += len(message.get("body", b""))
            if self._held_size > _HELD_LIMIT:
                await self.release()
            return
        if self.capture is not None:
            self.capture.take(message)
        if kind == "http.response.start":
            self.status = message["status"]
            self.started = True
            if self._deadline is not None:
                self._deadline.disarm()
            if self.extra is not None:
                message = {**message, "headers": [*message.get("headers", ()), *self.extra()]}
        elif kind == "http.response.body" and not message.get("more_body", False):
            self.completed = True
        await self._send(message)
