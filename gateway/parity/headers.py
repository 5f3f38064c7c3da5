"""Headers, compared by what they mean. Names have no case, order across names means nothing.

| header | how |
|---|---|
| Content-Type | media type and charset |
| Location | resolved against the request |
| Set-Cookie | `cookies.py` |
| Cache-Control, Vary, Allow, Access-Control-* | as a set of words |
| ETag, Last-Modified | that it is there, or not |
| Content-Disposition, WWW-Authenticate, Retry-After, Link, Content-Range | exact |
| Content-Encoding | equal, or one that the client asked for |
| Content-Length, Date, Server, Connection, request and trace ids ... | not at all |
| everything else that legacy sends | that v2 sends it too |
"""

from __future__ import annotations

import re
from collections.abc import Callable

from gateway.exchange import Headers, Request, Response
from gateway.parity.coding import codings
from gateway.parity.cookies import compare_cookies
from gateway.parity.difference import Kind, Part
from gateway.parity.findings import Findings
from gateway.parity.location import resolved
from gateway.parity.media import media_of
from gateway.parity.rules import HeaderComparison
from gateway.parity.shown import cut, shown_bytes

_TOKENS = frozenset({b"cache-control", b"vary", b"allow"})
_PRESENCE = frozenset({b"etag", b"last-modified"})
_EXACT = frozenset({b"content-disposition", b"www-authenticate", b"retry-after", b"link", b"content-range"})
_IGNORED = frozenset(
    {
        b"content-length",
        b"date",
        b"server",
        b"via",
        b"connection",
        b"keep-alive",
        b"transfer-encoding",
        b"traceparent",
        b"tracestate",
        b"server-timing",
        b"x-served-by",
        b"x-runtime",
        b"x-process-time",
        b"x-response-time",
    }
)
_IDENTIFIER = re.compile(
    rb"(^x-)?(request|trace|correlation|span|amzn-trace|amzn-request|cloud-trace)[-_]?(id|context)?$"
)
_NEVER = re.compile(r"\s*q\s*=\s*0(\.0*)?\s*")
_WORD = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+')

Values = tuple[bytes, ...]


def compare_headers(
    legacy: Response, v2: Response, special: dict[bytes, HeaderComparison], request: Request, findings: Findings
) -> None:
    """Add the differences of the headers, each located by its name in lower case."""
    _Comparison(special, request, findings).run(_grouped(legacy.headers), _grouped(v2.headers))


def _grouped(headers: Headers) -> dict[bytes, Values]:
    found: dict[bytes, Values] = {}
    for name, value in headers.raw:
        key = name.lower()
        found[key] = (*found[key], value) if key in found else (value,)
    return found


class _Comparison:
    def __init__(self, special: dict[bytes, HeaderComparison], request: Request, findings: Findings) -> None:
        self._special = special
        self._request = request
        self._findings = findings
        self._own: dict[bytes, Callable[[Values, Values], None]] = {
            b"content-type": self._content_type,
            b"location": self._location,
            b"set-cookie": lambda ours, theirs: compare_cookies(ours, theirs, findings),
            b"content-encoding": self._content_encoding,
        }

    def run(self, legacy: dict[bytes, Values], v2: dict[bytes, Values]) -> None:
        for name in sorted(legacy.keys() | v2.keys()):
            ours, theirs = legacy.get(name, ()), v2.get(name, ())
            if ours != theirs:
                self._one(name, ours, theirs)

    def _one(self, name: bytes, ours: Values, theirs: Values) -> None:
        way = self._special.get(name)
        if way is None:
            if name in _IGNORED or _IDENTIFIER.search(name):
                return
            if name in self._own:
                self._own[name](ours, theirs)
                return
            way = _built_in(name)
        match way:
            case HeaderComparison.EXACT:
                differ = ours != theirs
            case HeaderComparison.TOKENS:
                differ = bool(ours) != bool(theirs) or _words(ours) != _words(theirs)
            case HeaderComparison.PRESENCE:
                differ = bool(ours) != bool(theirs)
            case None:
                differ = not theirs
        if differ:
            self._differs(name, ours, theirs)

    def _differs(self, name: bytes, ours: Values, theirs: Values) -> None:
        kind = Kind.ADDED if not ours else Kind.REMOVED if not theirs else Kind.CHANGED
        shown = [shown_bytes(b", ".join(values)) if values else None for values in (ours, theirs)]
        self._findings.head(Part.HEADER, cut(name.decode("latin-1")), kind, shown[0], shown[1])

    def _content_type(self, ours: Values, theirs: Values) -> None:
        one, other = media_of(b"".join(ours[:1])), media_of(b"".join(theirs[:1]))
        if not ours or not theirs or one.type != other.type:
            self._differs(b"content-type", ours, theirs)
        elif one.charset == other.charset:
            self._findings.equivalent("media-type-case")
        elif one.is_json and {one.charset, other.charset} <= {"", "utf-8"}:
            # RFC 8259: JSON is UTF-8, and has no such parameter.
            self._findings.equivalent("json-charset")
        else:
            self._differs(b"content-type", ours, theirs)

    def _location(self, ours: Values, theirs: Values) -> None:
        targets = [[resolved(value.decode("latin-1"), self._request) for value in values] for values in (ours, theirs)]
        if targets[0] == targets[1]:
            self._findings.equivalent("location-absolute")
        else:
            self._differs(b"location", ours, theirs)

    def _content_encoding(self, ours: Values, theirs: Values) -> None:
        """Another coding is as good as legacy's, if the client said that it understands it."""
        accepted = b",".join(self._request.headers.get_all(b"accept-encoding")).decode("latin-1").lower()
        listed = [word.partition(";") for word in accepted.split(",")]
        understood = {name.strip() for name, _, weight in listed if not _NEVER.fullmatch(weight)}
        if all(name in understood or "*" in understood for name in codings(theirs)):
            self._findings.equivalent("content-encoding")
        else:
            self._differs(b"content-encoding", ours, theirs)


def _built_in(name: bytes) -> HeaderComparison | None:
    """How a header is compared that the map says nothing of; None: v2 must send it when legacy does."""
    if name in _TOKENS or name.startswith(b"access-control-"):
        return HeaderComparison.TOKENS
    if name in _EXACT:
        return HeaderComparison.EXACT
    return HeaderComparison.PRESENCE if name in _PRESENCE else None


def _words(values: Values) -> frozenset[str]:
    text = b",".join(values).decode("latin-1").lower()
    return frozenset(word.strip() for word in _WORD.findall(text)) - {""}
