"""Location, resolved: where the client will go, however it is written."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit, urlunsplit

from gateway.exchange import Request

_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def resolved(value: str, request: Request) -> str:
    """The path, query and fragment on the request's own host; the whole URL elsewhere.

    Scheme and port of the own host are left out: behind a proxy an application may not know them.
    """
    host = next(iter(request.headers.get_all(b"host")), b"").decode("latin-1").lower()
    try:
        target = urlsplit(urljoin(f"http://{host or 'localhost'}{request.path}", value.strip()))
    except ValueError:  # an impossible host, such as http://[
        return value
    elsewhere = bool(target.netloc) and _bare(target.scheme, target.netloc) != _bare("http", host or "localhost")
    if elsewhere or target.scheme not in {"http", "https"}:
        return urlunsplit((target.scheme, target.netloc.lower(), target.path or "/", target.query, target.fragment))
    return urlunsplit(("", "", target.path or "/", target.query, target.fragment))


def _bare(scheme: str, netloc: str) -> str:
    host = netloc.lower()
    for port in (_DEFAULT_PORTS.get(scheme, ""), ":443", ":80"):
        if port:
            host = host.removesuffix(port)
    return host
