"""A bounded copy of an answer, for the comparison. Over the limit the body is dropped: a prefix proves nothing."""

from __future__ import annotations

from gateway.asgi import Message, RawHeaders
from gateway.exchange import Headers, Response


class Capture:
    """Takes in the messages of one answer. `limit` is in bytes of the body."""

    __slots__ = ("_chunks", "_headers", "_limit", "_size", "completed", "status", "too_large")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._headers: RawHeaders = []
        self._chunks: list[bytes] = []
        self._size = 0
        self.status = 0
        self.completed = False
        self.too_large = False

    def take(self, message: Message) -> None:
        """Take in one ASGI message."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._headers = list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            chunk = message.get("body", b"")
            self._size += len(chunk)
            if self._size > self._limit:
                self.too_large = True
                self._chunks.clear()
            elif chunk:
                self._chunks.append(chunk)
            self.completed = not message.get("more_body", False)

    @property
    def is_stream(self) -> bool:
        """Whether the answer is one without an end by its nature (server-sent events)."""
        return any(
            name.lower() == b"content-type" and value.lower().startswith(b"text/event-stream")
            for name, value in self._headers
        )

    def response(self) -> Response:
        """What was taken in."""
        headers = Headers(tuple((name.lower(), value) for name, value in self._headers))
        return Response(self.status, headers, None if self.too_large else b"".join(self._chunks))
