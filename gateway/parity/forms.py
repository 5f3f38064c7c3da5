"""What an HTML form sends, and what is multipart: fields in order, bounded, without a framework's opinions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

_BOUNDARY = re.compile(rb'boundary="?([^";,]{1,200})', re.IGNORECASE)
_NAME = re.compile(rb'\bname="([^"]*)"', re.IGNORECASE)
_FILENAME = re.compile(rb'\bfilename="([^"]*)"', re.IGNORECASE)
_HEADER_LIMIT = 8192


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `filename` is None for text, and empty for a file input left empty."""

    name: bytes
    value: bytes
    filename: bytes | None = None


def urlencoded(body: bytes) -> list[Field]:
    """The fields of `a=1&b=2`, undecoded bytes kept: also those of a query."""
    fields: list[Field] = []
    for part in body.split(b"&"):
        if part:
            name, _, value = part.replace(b"+", b" ").partition(b"=")
            fields.append(Field(unquote_to_bytes(name), unquote_to_bytes(value)))
    return fields


def multipart(body: bytes, content_type: bytes) -> list[Field]:
    """The fields of multipart/form-data; none when it is not."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        return []
    fields: list[Field] = []
    for part in body.split(b"--" + found[1])[1:]:
        head, _, value = part.partition(b"\r\n\r\n")
        name = _NAME.search(head[:_HEADER_LIMIT])
        if name is not None:
            filename = _FILENAME.search(head[:_HEADER_LIMIT])
            fields.append(Field(name[1], value.removesuffix(b"\r\n"), filename[1] if filename else None))
    return fields


def without_boundary(body: bytes, content_type: bytes) -> bytes:
    """A multipart body with its boundary, which is random, replaced."""
    found = _BOUNDARY.search(content_type)
    return body.replace(b"--" + found[1], b"--boundary") if found is not None else body
