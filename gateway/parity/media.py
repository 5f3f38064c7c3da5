"""A Content-Type as it is compared: the media type, without regard to case, and its charset."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

_UTF8 = "utf-8"
_BINARY_LOOKING = ("application/javascript", "application/xml", "application/xhtml+xml", "application/x-ndjson")


@dataclass(frozen=True, slots=True)
class Media:
    """`type` in lower case, empty when the header is missing; `charset` by its Python name, empty when none is said."""

    type: str
    charset: str = ""

    @property
    def is_json(self) -> bool:
        """`application/json` or `+json`."""
        return self.type == "application/json" or self.type.endswith("+json")

    @property
    def is_html(self) -> bool:
        """A page."""
        return self.type in {"text/html", "application/xhtml+xml"}

    @property
    def is_text(self) -> bool:
        """What people could read."""
        return self.type.startswith("text/") or self.type.endswith("+xml") or self.type in _BINARY_LOOKING

    @property
    def is_form(self) -> bool:
        """What an HTML form sends."""
        return self.type in {"application/x-www-form-urlencoded", "multipart/form-data"}

    @property
    def is_stream(self) -> bool:
        """Server-sent events: they have no end to wait for."""
        return self.type == "text/event-stream"

    def text(self, body: bytes) -> str | None:
        """The body decoded by its charset; None when it is not text in that charset."""
        try:
            return body.decode(self.charset or _UTF8)
        except (UnicodeError, LookupError):
            return None


def media_of(value: bytes) -> Media:
    """The media type that a Content-Type names. Total: nonsense is a media type nobody knows."""
    kind, *parameters = value.decode("latin-1").split(";")
    charset = ""
    for parameter in parameters:
        name, _, said = parameter.partition("=")
        if name.strip().lower() == "charset":
            charset = _codec(said.strip().strip("\"'"))
    return Media(kind.strip().lower(), charset)


def _codec(name: str) -> str:
    """Python's name of a character set, so that `UTF8` is `utf-8`; what is none is left as it is, in lower case."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):  # ValueError: a null byte in the name
        return name.lower()
    # Codecs such as zlib, idna or unicode_escape are no character sets, and some of them are slow.
    slow = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7"}
    is_text = getattr(found, "_is_text_encoding", True)
    return found.name if is_text and found.name not in slow else name.lower() + "?"
