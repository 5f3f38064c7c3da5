"""What changes in the headers on the way to and from a remote server. Pure.

Everything else is kept as it is: order, repeats, the case of names, the Host that the client asked for.
"""

from __future__ import annotations

from typing import Final

from gateway.asgi import RawHeaders, Scope

HOP_BY_HOP: Final = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    },
)
"""RFC 9110, 7.6.1: they speak of one connection, and there are two."""

_SET_BY_US: Final = frozenset({b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"expect"})
"""`Expect` is answered by the gateway's own server, when the body is asked for."""


def end_to_end(headers: RawHeaders) -> RawHeaders:
    """The headers without those of the connection, nor those that `Connection` names."""
    dropped = HOP_BY_HOP
    for name, value in headers:
        if name.lower() == b"connection":
            dropped = dropped | {token.strip().lower() for token in value.split(b",")}
    return [(name, value) for name, value in headers if name.lower() not in dropped]


def request_headers(scope: Scope, authority: bytes) -> RawHeaders:
    """The headers for the remote server; `authority` is its own, for requests that came without a Host.

    `X-Forwarded-For` is continued with the client's address; `-Proto` and `-Host` are what the client used, whatever
    it claims. So Werkzeug's ProxyFix with one trusted hop, or uvicorn with `--proxy-headers`, sees the client.
    """
    sent: RawHeaders = scope["headers"]
    headers = [(name, value) for name, value in end_to_end(sent) if name not in _SET_BY_US]
    host = next((value for name, value in sent if name == b"host"), None)
    if host is None:
        host = authority
        headers.insert(0, (b"host", host))
    if any(name == b"transfer-encoding" for name, _ in sent) and not any(n == b"content-length" for n, _ in headers):
        headers.append((b"transfer-encoding", b"chunked"))
    hops = [part.strip() for name, value in sent if name == b"x-forwarded-for" for part in value.split(b",")]
    client = scope.get("client")
    if client:
        address = client[0].encode("ascii", "replace")
        if hops[-1:] != [address]:
            hops.append(address)
    if hops:
        headers.append((b"x-forwarded-for", b", ".join(hops)))
    scheme = {"ws": b"http", "wss": b"https"}.get(scope["scheme"]) or scope["scheme"].encode("ascii")
    return [*headers, (b"x-forwarded-proto", scheme), (b"x-forwarded-host", host)]


def target(scope: Scope, prefix: bytes) -> bytes:
    """The request target, byte for byte as it came, below the path that the remote's URL may have."""
    query = scope["query_string"]
    path: bytes = prefix + scope["raw_path"]
    return path + b"?" + query if query else path
