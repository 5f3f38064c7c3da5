"""What identifies a client for a canary, read from the request."""

from __future__ import annotations

from typing import assert_never

from gateway.asgi import RawHeaders, Scope
from gateway.routing.route import Sticky, StickyKind


def sticky_key(sticky: Sticky, scope: Scope, headers: RawHeaders) -> str:
    """The value that keeps a client on one side.

    A client without the cookie or header falls back to its address, so that it, too, stays where it is.
    """
    match sticky.kind:
        case StickyKind.COOKIE:
            found = _cookie(headers, sticky.name.encode("latin-1", "replace"))
        case StickyKind.HEADER:
            found = next((value for name, value in headers if name == sticky.name.encode("latin-1", "replace")), b"")
        case StickyKind.CLIENT:
            found = b""
        case _:
            assert_never(sticky.kind)
    return found.decode("latin-1") or client_address(scope)


def client_address(scope: Scope) -> str:
    """The client's address, without the port; empty on a Unix socket."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def _cookie(headers: RawHeaders, wanted: bytes) -> bytes:
    """The first cookie of that name, quotes left on, since it is only a key."""
    for name, value in headers:
        if name != b"cookie":
            continue
        for pair in value.split(b";"):
            key, _, content = pair.strip().partition(b"=")
            if key == wanted:
                return content
    return b""
