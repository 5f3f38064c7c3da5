"""The head of an answer: what `start_response` was given, checked and turned into ASGI.

As gunicorn does it: hop-by-hop headers, `Date` and `Server` of the application are dropped (the server sends its own),
values lose surrounding blanks, and HEAD, 204 and 304 have no body. Stricter than gunicorn where the wire would break:
a status outside 200..599 and two Content-Length lines are refused; a 304 loses its Content-Length like a 204, since
ASGI servers take it for a promise of bytes. The reason phrase is not sent: ASGI has no word for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from gateway.asgi import RawHeaders
from gateway.errors import BackendProtocolError

KNOWN_NAMES = 1000
"""How many header names are remembered."""
_STATUS = re.compile(r"([2-5][0-9]{2})(?: [ \t\x21-\x7e\x80-\xff]*)?")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE = re.compile(r"[ \t\x21-\x7e\x80-\xff]*")
_DROPPED = b""
_LENGTH = b"content-length"
_HOP_BY_HOP = (
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "trailers",
    "transfer-encoding",
    "upgrade",
    "server",
    "date",
)


@dataclass(slots=True)
class Head:
    """`length` is the declared Content-Length in bytes; `omits_body` says that no byte of a body may follow."""

    status: int
    headers: RawHeaders
    length: int | None
    omits_body: bool


class HeadReader:
    """Reads heads; remembers header names. Used by many threads: each step on the dictionary is one instruction."""

    def __init__(self) -> None:
        self._names: dict[object, bytes] = dict.fromkeys(_HOP_BY_HOP, _DROPPED)

    def read(self, method: str, status: object, headers: Iterable[tuple[object, object]]) -> Head:
        """Check and convert what an application gave. Raises BackendProtocolError for what the wire cannot carry."""
        if not isinstance(status, str) or not (matched := _STATUS.fullmatch(status)):
            raise BackendProtocolError(f"the application gave the status {status!r}; a final HTTP status was expected")
        code = int(matched[1])
        length: int | None = None
        raw: RawHeaders = []
        names = self._names
        for name, value in headers:
            key = names[name] if name in names else self._learn(name)
            if key is _DROPPED:
                continue
            if not isinstance(value, str) or not ((value.isascii() and value.isprintable()) or _VALUE.fullmatch(value)):
                # The value stays out of the message: it may be a secret.
                raise BackendProtocolError(f"the application gave a value for the header {name!r} that HTTP forbids")
            value = value.strip(" \t")  # noqa: PLW2901 - RFC 9110 5.5: the blanks are not part of the value
            if key is _LENGTH:
                if length is not None:
                    raise BackendProtocolError("the application gave two Content-Length headers")
                if not (value.isascii() and value.isdigit()):
                    raise BackendProtocolError(f"the application gave the Content-Length {value!r}")
                length = int(value)
            raw.append((key, value.encode("latin-1")))
        omits_body = method == "HEAD"
        if code in {204, 304}:
            omits_body = True
            length = None
            raw = [line for line in raw if line[0] is not _LENGTH]
        return Head(code, raw, length, omits_body)

    def _learn(self, name: object) -> bytes:
        if not isinstance(name, str) or not _TOKEN.fullmatch(name):
            raise BackendProtocolError(f"the application gave the header name {name!r}, which HTTP forbids")
        lower = name.lower()
        key = self._names.get(lower)
        if key is None:
            key = _LENGTH if lower == "content-length" else lower.encode("ascii")
        if len(self._names) < KNOWN_NAMES:
            self._names[name] = key
        return key
