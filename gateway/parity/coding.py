"""Content codings undone within bounds: a few kilobytes of gzip must not become a gigabyte."""

from __future__ import annotations

import zlib

LIMIT = 2 * 1024 * 1024
"""Bytes that a body may decode to."""

_GZIP = 31
_ZLIB = 15
_RAW = -15


class Undecodable(ValueError):
    """The body is not what its Content-Encoding says."""


class UnknownCoding(ValueError):
    """A coding that is not undone here, such as `br`; the message is its name."""


class DecodesTooLarge(ValueError):
    """The body decodes to more than LIMIT."""


def codings(values: tuple[bytes, ...]) -> tuple[str, ...]:
    """The codings that a Content-Encoding lists, in the order of their application, without `identity`."""
    listed = b",".join(values).decode("latin-1").lower().split(",")
    return tuple(name.strip().removeprefix("x-") for name in listed if name.strip() not in {"", "identity"})


def decoded(body: bytes, applied: tuple[str, ...]) -> bytes:
    """The body before its codings. Raises one of the errors above."""
    for name in reversed(applied):
        if name == "gzip":
            body = _inflated(body, _GZIP)
        elif name == "deflate":
            # RFC 9110 says zlib, and some servers send the raw format.
            try:
                body = _inflated(body, _ZLIB)
            except Undecodable:
                body = _inflated(body, _RAW)
        else:
            raise UnknownCoding(name)
    return body


def _inflated(body: bytes, window: int) -> bytes:
    written = bytearray()
    while True:
        stream = zlib.decompressobj(window)
        try:
            written += stream.decompress(body, LIMIT + 1 - len(written))
        except zlib.error as error:
            raise Undecodable(str(error)) from None
        if len(written) > LIMIT:
            raise DecodesTooLarge(f"more than {LIMIT} bytes")
        if not stream.eof:
            raise Undecodable("it ends too early")
        if window != _GZIP or not stream.unused_data.startswith(b"\x1f\x8b"):
            return bytes(written)
        body = stream.unused_data  # gzip may have several members
