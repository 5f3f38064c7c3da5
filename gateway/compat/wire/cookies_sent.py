"""The Cookie header as Werkzeug reads it."""

from __future__ import annotations

from collections.abc import Iterable

from werkzeug.sansio.http import parse_cookie


def cookies_of(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """The first value of each name. Lines of HTTP/2, which splits them, are one header."""
    lines = [value.decode("latin-1") for name, value in headers if name == b"cookie"]
    return parse_cookie("; ".join(lines)).to_dict()
