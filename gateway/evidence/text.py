"""Secrets in a text of unknown kind: JSON, markup, a query, or prose, also percent- or base64-encoded."""

from __future__ import annotations

import base64
import binascii
import re
from functools import partial
from urllib.parse import unquote

from gateway.evidence.form import redact_pairs
from gateway.evidence.inflate import NotInflated, inflate
from gateway.evidence.json_text import is_json, redact_json
from gateway.evidence.markup import Markup
from gateway.evidence.names import SensitiveNames
from gateway.evidence.plain import Inner, PlainText

_DEEPEST = 4
"""Texts within texts; what is deeper is replaced whole when it is long enough to hide anything."""
_SHORT = 8
_RUN = re.compile(r"[^\s\"'<>]+")
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_GZIP = b"\x1f\x8b"
_INNER_LIMIT = 256 * 1024
_PAIRS = re.compile(r"[\w.%+\[\]-]{1,100}=[^\s<>\"']*(?:&[\w.%+\[\]-]{1,100}=[^\s<>\"']*)*")


class TextRedactor:
    """Redacts a text, whatever it is. Total for any `str`."""

    def __init__(self, names: SensitiveNames, mark: Inner) -> None:
        self._names = names
        self._mark = mark
        self._plain = PlainText(names, mark)

    def __call__(self, text: str, depth: int = 0) -> str:
        """The text, its secrets replaced."""
        if len(text) <= 1 or (text.isdigit() and len(text) < _SHORT):
            return text
        if depth > _DEEPEST:
            return text if len(text) < _SHORT else self._mark(text)
        return self._by_kind(text, partial(self.__call__, depth=depth + 1))

    def _by_kind(self, text: str, inner: Inner) -> str:
        start = text.lstrip("\ufeff \t\r\n")[:1]
        if start in {"{", "["}:
            return self._json(text, inner)
        if start == "<":
            return Markup(self._names, self._mark, inner, partial(self._script, inner=inner))(text)
        if start == '"' and is_json(text):
            return redact_json(text, self._names, self._mark, inner)
        if _PAIRS.fullmatch(text):
            return redact_pairs(text, self._names, self._mark, inner)
        return self._prose(text, inner)

    def pairs(self, text: str) -> str:
        """A query, or a form."""
        return redact_pairs(text, self._names, self._mark, partial(self.__call__, depth=1))

    def _json(self, text: str, inner: Inner) -> str:
        redacted = redact_json(text, self._names, self._mark, inner)
        return redacted if is_json(text) else self._plain(redacted)

    def _script(self, text: str, *, inner: Inner) -> str:
        """Scripts hold objects; a reader of tokens finds its way in them well enough."""
        return self._plain(redact_json(text, self._names, self._mark, inner))

    def _prose(self, text: str, inner: Inner) -> str:
        text = self._plain(text)
        if "%" in text:
            text = _RUN.sub(lambda run: self._percent(run[0], inner), text)
        return _BASE64.sub(lambda run: self._base64(run[0], inner), text)

    def _percent(self, run: str, inner: Inner) -> str:
        if not _PERCENT.search(run):
            return run
        decoded = unquote(run)
        redacted = inner(decoded)
        return run if redacted == decoded else redacted

    def _base64(self, run: str, inner: Inner) -> str:
        try:
            raw = base64.b64decode(run.rstrip("=") + "=" * (-len(run.rstrip("=")) % 4), altchars=b"-_", validate=False)
            if raw.startswith(_GZIP):
                raw = inflate(raw, "gzip", _INNER_LIMIT)
            decoded = raw.decode("utf-8")
        except (binascii.Error, ValueError, NotInflated):
            return run
        return (
            run if (not decoded.isprintable() and "\n" not in decoded) or inner(decoded) == decoded else self._mark(run)
        )
