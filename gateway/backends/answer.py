"""What an ASGI application may send, in which order. Pure.

Every message that passes is new and plain: exact types, a list of pairs, `more_body` always there. So nothing that
the application changes afterwards reaches the wire, and the server below never meets a surprise.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Protocol

from gateway.asgi import Message, RawHeaders
from gateway.errors import BackendProtocolError

MAX_HEAD = 256 * 1024
"""Bytes of names and values in one answer's headers. Servers and browsers give up far below."""

_IN_NAME = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""RFC 9110, 5.6.2: a field name is a token."""

_IN_VALUE = bytes(byte for byte in range(256) if byte == 0x09 or (byte >= 0x20 and byte != 0x7F))  # noqa: PLR2004 - ASCII
"""RFC 9110, 5.5: a field value has no control characters but the tab."""


def checked_headers(headers: Any) -> RawHeaders:
    """The header list as a new list of pairs of bytes; `BackendProtocolError` when it could not be sent as it is."""
    if not headers:
        return []
    try:
        pairs = [(name, value) for name, value in headers]
        names = [name for name, _ in pairs]
        joined_names = b"".join(names)
        joined_values = b"".join([value for _, value in pairs])
    except (TypeError, ValueError):
        raise BackendProtocolError(f"headers must be pairs of bytes, not {_brief(headers)}") from None
    if len(joined_names) + len(joined_values) > MAX_HEAD:
        raise BackendProtocolError(f"more than {MAX_HEAD} bytes of headers")
    # What is left when everything allowed is deleted; no slower than a regular expression, and easier to read.
    if joined_names.translate(None, _IN_NAME) or b"" in names:
        raise BackendProtocolError("a header's name is not a token")
    if joined_values.translate(None, _IN_VALUE):
        raise BackendProtocolError("a header's value has a control character")
    return pairs


class Step(Enum):
    """How far an answer is."""

    NOTHING = "not started"
    STARTED = "started"
    COMPLETE = "complete"


NOTHING, STARTED, COMPLETE = Step
"""The steps by themselves: a look at an Enum's attribute costs ten times a global's, and this is asked per message."""


class Answer(Protocol):
    """The order of one answer's messages."""

    step: Step

    def take(self, message: Any) -> Message:
        """The next message, checked and copied; `BackendProtocolError` says what was wrong with it."""


class HttpAnswer:
    """`start body* last-body`, and nothing after it; as many bytes as its Content-Length says, if it has one.

    The server below checks the length as well. It is checked here because a shadow has no server: without it an answer
    that no client could read would pass for a good one. `method` is the request's: an answer to HEAD sends no body.
    """

    __slots__ = ("_counted", "_left", "step")

    def __init__(self, method: str) -> None:
        self.step = NOTHING
        self._counted = method != "HEAD"
        self._left = 0

    def take(self, message: Any) -> Message:
        """The next message, checked and copied."""
        try:
            kind = message["type"]
        except (TypeError, KeyError, IndexError):
            raise BackendProtocolError(f"not an ASGI message: {_brief(message)}") from None
        if self.step is STARTED and kind == "http.response.body":
            body = message.get("body", b"")
            if type(body) is not bytes:
                body = _as_bytes(body)
            more = message.get("more_body", False)
            if self._counted:
                self._count(len(body), more=more)
            if more:
                return {"type": "http.response.body", "body": body, "more_body": True}
            self.step = COMPLETE
            return {"type": "http.response.body", "body": body, "more_body": False}
        if self.step is NOTHING and kind == "http.response.start":
            start = _start(message)
            if self._counted:
                self._left = _declared_length(start["headers"])
                self._counted = self._left >= 0
            self.step = STARTED
            return start
        raise BackendProtocolError(f"unexpected ASGI message {kind!r} when the answer was {self.step.value}")

    def _count(self, sent: int, *, more: bool) -> None:
        if sent > self._left:
            raise BackendProtocolError("the answer is longer than its Content-Length")
        if not more and sent < self._left:
            raise BackendProtocolError("the answer is shorter than its Content-Length")
        self._left -= sent


class WebSocketAnswer:
    """`accept (send)* close`, or a refusal: `close`, or a plain answer by the extension websocket.http.response."""

    __slots__ = ("_denial", "step")

    def __init__(self) -> None:
        self.step = NOTHING
        self._denial = False

    def take(self, message: Any) -> Message:
        """The next message, checked and copied."""
        try:
            kind = message["type"]
        except (TypeError, KeyError, IndexError):
            raise BackendProtocolError(f"not an ASGI message: {_brief(message)}") from None
        checked = self._first(kind, message) if self.step is NOTHING else None
        if self.step is STARTED and checked is None:
            checked = self._next(kind, message)
        if checked is None:
            raise BackendProtocolError(f"unexpected ASGI message {kind!r} when the answer was {self.step.value}")
        return checked

    def _first(self, kind: str, message: Any) -> Message | None:
        match kind:
            case "websocket.accept":
                checked = {**message, "headers": checked_headers(message.get("headers"))}
                self.step = STARTED
            case "websocket.close":
                checked = dict(message)
                self.step = COMPLETE
            case "websocket.http.response.start":
                checked = dict(_start(message))
                self.step = STARTED
                self._denial = True
            case _:
                return None
        return checked

    def _next(self, kind: str, message: Any) -> Message | None:
        match kind:
            case "websocket.http.response.body" if self._denial:
                more = bool(message.get("more_body", False))
                if not more:
                    self.step = COMPLETE
                return {"type": kind, "body": _as_bytes(message.get("body", b"")), "more_body": more}
            case "websocket.send" if not self._denial:
                return _frame(message)
            case "websocket.close" if not self._denial:
                self.step = COMPLETE
                return dict(message)
            case _:
                return None


def _declared_length(headers: RawHeaders) -> int:
    """The Content-Length, -1 where there is none or a transfer coding frames the body (RFC 9112 6.3)."""
    for name, value in headers:
        kind = name.lower() if len(name) in _FRAMING_LENGTHS else b""
        if kind == b"content-length":
            if not value.isdigit():
                raise BackendProtocolError("the Content-Length is not a number")
            return int(value)
        if kind == b"transfer-encoding":
            return -1
    return -1


_FRAMING_LENGTHS = frozenset({len(b"content-length"), len(b"transfer-encoding")})


def _start(message: Any) -> Message:
    status = message.get("status")
    # HTTPStatus is an int and is common; True is one as well and is a mistake. 1xx cannot end an exchange, and 600
    # upwards have no class, so no client would know what to make of them.
    if not isinstance(status, int) or isinstance(status, bool) or not 200 <= status <= 599:  # noqa: PLR2004 - RFC 9110
        raise BackendProtocolError(f"the status must be an int from 200 to 599, not {_brief(status)}")
    return {"type": message["type"], "status": int(status), "headers": checked_headers(message.get("headers"))}


def _as_bytes(body: Any) -> bytes:
    if isinstance(body, bytes | bytearray | memoryview):
        return bytes(body)
    raise BackendProtocolError(f"a body must be bytes, not {_brief(body)}")


def _frame(message: Any) -> Message:
    data, text = message.get("bytes"), message.get("text")
    if isinstance(data, bytes) and text is None:
        return {"type": "websocket.send", "bytes": data}
    if isinstance(text, str) and data is None:
        return {"type": "websocket.send", "text": text}
    raise BackendProtocolError("a websocket.send has either `bytes` or `text`")


def _brief(value: Any) -> str:
    """What a value is, short: an application may put megabytes, or secrets, where a number belongs."""
    return type(value).__name__
