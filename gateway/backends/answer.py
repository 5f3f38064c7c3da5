"""What an ASGI application may send, in which order. Pure.

Every message that passes is new and plain: exact types, a list of pairs, `more_body` always there. So nothing that
the application changes afterwards reaches the wire, and the server below never meets a surprise.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import Any, Protocol

from gateway.asgi import Message, RawHeaders
from gateway.errors import BackendProtocolError

MAX_HEAD = 256 * 1024
"""Bytes of names and values in one answer's headers. Servers and browsers give up far below."""

_NOT_IN_NAME = re.compile(rb"[^!#$%&'*+\-.^_`|~0-9A-Za-z]")
"""RFC 9110, 5.6.2: a field name is a token."""

_NOT_IN_VALUE = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
"""RFC 9110, 5.5: a field value has no control characters but the tab."""


def checked_headers(headers: Any) -> RawHeaders:
    """The header list as a new list of pairs of bytes; `BackendProtocolError` when it could not be sent as it is."""
    try:
        pairs = [(name, value) for name, value in headers]
        names = [name for name, _ in pairs]
        joined_names = b"".join(names)
        joined_values = b"".join([value for _, value in pairs])
    except (TypeError, ValueError):
        raise BackendProtocolError(f"headers must be pairs of bytes, not {_brief(headers)}") from None
    if len(joined_names) + len(joined_values) > MAX_HEAD:
        raise BackendProtocolError(f"more than {MAX_HEAD} bytes of headers")
    if _NOT_IN_NAME.search(joined_names) or not all(names):
        raise BackendProtocolError(f"a header's name is not a token: {_brief(names)}")
    if _NOT_IN_VALUE.search(joined_values):
        raise BackendProtocolError("a header's value has a control character")
    return pairs


class Step(IntEnum):
    """How far an answer is."""

    NOTHING = 0
    STARTED = 1
    COMPLETE = 2


class Answer(Protocol):
    """The order of one answer's messages."""

    step: Step

    def take(self, message: Any) -> Message:
        """The next message, checked and copied; `BackendProtocolError` says what was wrong with it."""


class HttpAnswer:
    """`start body* last-body`, and nothing after it."""

    __slots__ = ("step",)

    def __init__(self) -> None:
        self.step = Step.NOTHING

    def take(self, message: Any) -> Message:
        """The next message, checked and copied."""
        kind = _kind(message)
        if kind == "http.response.body" and self.step == Step.STARTED:
            body = _body(message)
            if message.get("more_body", False):
                return {"type": kind, "body": body, "more_body": True}
            self.step = Step.COMPLETE
            return {"type": kind, "body": body, "more_body": False}
        if kind == "http.response.start" and self.step == Step.NOTHING:
            start = _start(message)
            self.step = Step.STARTED
            return start
        raise BackendProtocolError(f"unexpected ASGI message {kind!r} when the answer was {self.step.name.lower()}")


class WebSocketAnswer:
    """`accept (send)* close`, or a refusal: `close`, or a plain answer by the extension websocket.http.response."""

    __slots__ = ("_denial", "step")

    def __init__(self) -> None:
        self.step = Step.NOTHING
        self._denial = False

    def take(self, message: Any) -> Message:
        """The next message, checked and copied."""
        kind = _kind(message)
        if self.step == Step.NOTHING:
            if kind == "websocket.accept":
                self.step = Step.STARTED
                return {**message, "headers": checked_headers(message.get("headers") or ())}
            if kind == "websocket.close":
                self.step = Step.COMPLETE
                return dict(message)
            if kind == "websocket.http.response.start":
                start = _start(message)
                self.step = Step.STARTED
                self._denial = True
                return start
        elif self.step == Step.STARTED:
            if kind == "websocket.http.response.body" and self._denial:
                more = bool(message.get("more_body", False))
                if not more:
                    self.step = Step.COMPLETE
                return {"type": kind, "body": _body(message), "more_body": more}
            if kind == "websocket.send" and not self._denial:
                return _frame(message)
            if kind == "websocket.close" and not self._denial:
                self.step = Step.COMPLETE
                return dict(message)
        raise BackendProtocolError(f"unexpected ASGI message {kind!r} when the answer was {self.step.name.lower()}")


def _kind(message: Any) -> Any:
    try:
        return message["type"]
    except (TypeError, KeyError, IndexError):
        raise BackendProtocolError(f"not an ASGI message: {_brief(message)}") from None


def _start(message: Any) -> Message:
    status = message.get("status")
    # HTTPStatus is an int and is common; True is one as well and is a mistake. 1xx cannot end an exchange, and 600
    # upwards have no class, so no client would know what to make of them.
    if not isinstance(status, int) or isinstance(status, bool) or not 200 <= status <= 599:  # noqa: PLR2004 - RFC 9110, 15
        raise BackendProtocolError(f"the status must be an int from 200 to 599, not {_brief(status)}")
    return {"type": message["type"], "status": int(status), "headers": checked_headers(message.get("headers") or ())}


def _body(message: Any) -> bytes:
    body = message.get("body", b"")
    if type(body) is bytes:
        return body
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
