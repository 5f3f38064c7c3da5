"""Bodies without their content encoding, within bounds."""

from __future__ import annotations

import zlib

_WINDOWS = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}
"""Window bits of zlib. `deflate` is sent with and without its header."""
_MOST = 3


class NotInflated(Exception):
    """The body cannot be decoded within the limit, or in a way that is known."""


def inflate(body: bytes, content_encoding: str, limit: int) -> bytes:
    """The body before it was encoded, at most `limit` bytes. Raises NotInflated."""
    codings = [name for part in content_encoding.lower().split(",") if (name := part.strip()) not in {"", "identity"}]
    if len(codings) > _MOST:
        raise NotInflated("too many encodings")
    for coding in reversed(codings):
        body = _decoded(body, coding, limit)
    return body


def _decoded(body: bytes, coding: str, limit: int) -> bytes:
    for bits in _WINDOWS.get(coding, ()):
        decoder = zlib.decompressobj(bits)
        try:
            plain = decoder.decompress(body, limit + 1)
        except zlib.error:
            continue
        if len(plain) > limit:
            raise NotInflated("too large")
        if not decoder.eof or decoder.unused_data:
            raise NotInflated("cut, or followed by something else")
        return plain
    raise NotInflated(f"{coding} is not known, or this is not {coding}")
