"""Secrets in queries and forms, replaced where they stand."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote_plus

from gateway.evidence.mark import Marker
from gateway.evidence.names import SensitiveNames
from gateway.evidence.plain import Inner

_BETWEEN = re.compile(r"([&;])")
_BOUNDARY = re.compile(r"boundary=(?:\"([^\"]{1,200})\"|([^\s;\"]{1,200}))", re.IGNORECASE)
_PART_NAME = re.compile(r"\bname\*?=(?:\"([^\"]*)\"|([^\s;]+))", re.IGNORECASE)
_PART_TYPE = re.compile(r"^content-type:\s*(.+?)\s*$", re.IGNORECASE | re.MULTILINE)
_BLANK = b"\r\n\r\n"


def redact_pairs(text: str, names: SensitiveNames, mark: Inner, inner: Inner) -> str:
    """`a=1&password=2`: values under a telling name are replaced, the others looked into."""
    return "".join(
        piece if piece in {"&", ";"} else _redact_pair(piece, names, mark, inner) for piece in _BETWEEN.split(text)
    )


def _redact_pair(piece: str, names: SensitiveNames, mark: Inner, inner: Inner) -> str:
    name, equals, value = piece.partition("=")
    plain_name, plain_value = unquote_plus(name), unquote_plus(value)
    redacted = mark(plain_value) if plain_name in names else inner(plain_value)
    redacted_name = inner(plain_name)
    return "".join(
        (
            name if redacted_name == plain_name else redacted_name,
            equals,
            value if redacted == plain_value else redacted,
        )
    )


def redact_multipart(
    body: bytes,
    content_type: str,
    names: SensitiveNames,
    mark: Marker,
    *,
    readable: Callable[[bytes, str], str | None],
    inner: Inner,
) -> str | None:
    """Each part by its own type; a file that is not text is replaced by its length and hash. None: not multipart.

    `readable` redacts bytes of a type, or returns None when they are no text.
    """
    found = _BOUNDARY.search(content_type)
    if found is None:
        return None
    delimiter = b"--" + (found[1] or found[2]).encode("latin-1", "replace")
    first, *parts = body.split(delimiter)
    if not parts or first.strip():
        return None
    pieces: list[str] = []
    for part in parts:
        pieces.append(delimiter.decode("latin-1"))
        if part.startswith(b"--") and not part.strip(b"-\r\n"):
            pieces.append(part.decode("latin-1"))
            continue
        head, blank, content = part.partition(_BLANK)
        if not blank:
            return None
        end = b"\r\n" if content.endswith(b"\r\n") else b""
        content = content.removesuffix(b"\r\n")
        shown_head = head.decode("utf-8", "replace")
        name = _PART_NAME.search(shown_head)
        kind = _PART_TYPE.search(shown_head)
        telling = name is not None and (name[1] or name[2] or "") in names
        text = None if telling else readable(content, kind[1] if kind is not None else "text/plain")
        if telling:
            text = mark(content.decode("utf-8", "replace"))
        elif text is None:
            text = f"«{len(content)} bytes:{mark.digest(content)}»"
        pieces += [inner(shown_head), _BLANK.decode(), text, end.decode()]
    return "".join(pieces)
