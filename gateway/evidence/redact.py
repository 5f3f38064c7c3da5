"""Takes secrets out of what is kept, before it is queued for any store.

    names    Authorization, Cookie, X-Api-Key, and fields, parameters and elements named like a secret
    looks    tokens, card numbers, addresses of e-mail, wherever they stand
    kinds    JSON, forms, multipart, HTML, XML and text, also compressed; what is none of these leaves its hash only

It fails closed: whatever cannot be read is not kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from gateway.evidence.form import redact_multipart
from gateway.evidence.inflate import NotInflated, inflate
from gateway.evidence.mark import Marker
from gateway.evidence.names import SensitiveNames
from gateway.evidence.sample import Body, HeaderLines
from gateway.evidence.text import TextRedactor
from gateway.exchange import Headers

CAP = 64 * 1024
"""Bytes of a body that are kept."""
READ_LIMIT = 1024**2
"""Bytes of a body that are looked into, decoded; of a larger one only length and hash are kept."""

_SCHEMES = frozenset({"basic", "bearer", "digest", "negotiate", "token", "apikey", "ntlm", "hmac"})
_CREDENTIALS = frozenset({"authorization", "proxy-authorization"})
_NO_SECRET = frozenset({"access-control-allow-credentials"})
_TEXTUAL = re.compile(r"^text/|json|xml|javascript|ecmascript|html|yaml|x-www-form-urlencoded|graphql|csv")
_CHARSET = re.compile(r"charset=\"?([\w.:-]+)", re.IGNORECASE)
_NEXT_COOKIE = re.compile(r",\s*(?=[^;,=\s]+=)")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


class Redactor:
    """Redacts what a sample holds. `extra` are names beside the built-in ones. May be used on several threads."""

    def __init__(self, key: bytes, extra: Iterable[str] = (), *, cap: int = CAP) -> None:
        self.mark = Marker(key)
        self._names = SensitiveNames(extra)
        self._text = TextRedactor(self._names, self.mark)
        self._cap = cap

    def text(self, text: str) -> str:
        """A text of any kind. NUL and what is no Unicode is escaped, since no store takes it."""
        redacted = self._text(text).replace("\x00", "\\x00")
        return redacted.encode("utf-8", "backslashreplace").decode()

    def query(self, query: bytes) -> str:
        """A query string."""
        return self.text(self._text.pairs(query.decode("latin-1")))

    def headers(self, headers: Headers) -> HeaderLines:
        """Every line, names kept."""
        return tuple(
            (self.text(name), self.header(name, value.decode("latin-1")))
            for raw, value in headers.raw
            for name in [raw.decode("latin-1").lower()]
        )

    def header(self, name: str, value: str) -> str:
        """One header's value, `name` in lower case."""
        if name == "cookie":
            return self.text("; ".join(self._cookie(pair) for pair in value.split("; ")))
        if name == "set-cookie":
            return self.text(", ".join(self._set_cookie(line) for line in _NEXT_COOKIE.split(value)))
        if name in _CREDENTIALS:
            scheme, space, rest = value.partition(" ")
            return f"{scheme} {self.mark(rest)}" if space and scheme.lower() in _SCHEMES else self.mark(value)
        if name in self._names and name not in _NO_SECRET:
            return self.mark(value)
        return self.text(value)

    def at(self, pointer: str, value: str) -> str:
        """A JSON value as text, from a place in a document (RFC 6901)."""
        segments = (part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/"))
        if not any(segment in self._names for segment in segments):
            return self.text(value)
        if value in {"null", "true", "false"}:
            return value
        try:
            decoded = json.loads(value)
        except (ValueError, RecursionError):
            decoded = value.strip('"')
        return self.mark(decoded if isinstance(decoded, str) else value)

    def body(self, headers: Headers, body: bytes | None) -> Body:
        """A body, decoded, redacted and cut; None is one that was over the capture limit."""
        if body is None:
            return Body(None, withheld="too_large")
        length, digest = len(body), self.mark.digest(body)
        try:
            text = self._body_text(_first(headers, b"content-type"), _codings(headers), body)
        except NotInflated:
            return Body(None, length, digest, withheld="unreadable")
        if text is None:
            return Body(None, length, digest, withheld="too_large" if length > READ_LIMIT else "binary")
        content = text.encode("utf-8", "backslashreplace")
        if len(content) <= self._cap:
            return Body(content, length, digest)
        # Not in the middle of a character
        kept = content[: self._cap].decode("utf-8", "ignore").encode()
        return Body(kept, length, digest, truncated=True)

    def withheld(self, body: bytes | None) -> Body:
        """A body of which nothing is kept but its length and hash."""
        if body is None:
            return Body(None, withheld="too_large")
        return Body(None, len(body), self.mark.digest(body), withheld="unreadable")

    def _body_text(self, content_type: str, codings: str, body: bytes) -> str | None:
        plain = inflate(body, codings, READ_LIMIT)
        if content_type.lower().startswith("multipart/"):
            return redact_multipart(
                plain, content_type, self._names, self.mark, readable=self._readable, inner=self._text
            )
        return self._readable(plain, content_type)

    def _readable(self, content: bytes, content_type: str) -> str | None:
        """The bytes as redacted text; None when they are not text, or too many."""
        if len(content) > READ_LIMIT:
            return None
        kind = content_type.lower().partition(";")[0].strip()
        if kind and not _TEXTUAL.search(kind):
            return None
        charset = _CHARSET.search(content_type)
        try:
            text = str(content, charset[1] if charset is not None else "utf-8")
        except (LookupError, ValueError, TypeError):
            return None
        # Text in an encoding that nobody declared looks like this, and its secrets like nothing.
        if _CONTROL.search(text):
            return None
        return self._text.pairs(text) if kind == "application/x-www-form-urlencoded" else self._text(text)

    def _cookie(self, pair: str) -> str:
        name, equals, value = pair.partition("=")
        return f"{name}{equals}{self.mark(value)}" if equals else self.mark(pair)

    def _set_cookie(self, line: str) -> str:
        pair, semicolon, attributes = line.partition(";")
        if "=" not in pair:
            return line
        return self._cookie(pair) + semicolon + attributes


def _first(headers: Headers, name: bytes) -> str:
    return next((value.decode("latin-1") for value in headers.get_all(name)), "")


def _codings(headers: Headers) -> str:
    return ",".join(value.decode("latin-1") for value in headers.get_all(b"content-encoding"))
