"""The paths that Flask takes for another: a missing slash, a slash too many, repeated slashes. Pure."""

from __future__ import annotations

import re
from urllib.parse import quote

from starlette.types import Scope

_REPEATED = re.compile("/{2,}")
_SAFE = "/!$&'()*+,:;=@"


def with_slash(path: str) -> str | None:
    """The path with a slash at its end; None where it has one."""
    return None if path.endswith("/") else f"{path}/"


def without_slash(path: str) -> str | None:
    """The path without slashes at its end; None where there is none, and for the root."""
    bare = path.rstrip("/")
    return None if bare in {path, ""} else bare


def with_one_slash_at_start(path: str) -> str | None:
    """The path with a single slash at its start, which is what WSGI makes of it; None where that is so."""
    return f"/{path.lstrip('/')}" if path.startswith("//") else None


def merged(path: str) -> str | None:
    """The path without repeated slashes; None where there are none."""
    return _REPEATED.sub("/", path) if "//" in path else None


def url_of(scope: Scope, path: str) -> str:
    """The absolute URL of another path on the same host, with this request's query."""
    host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), None)
    if host is None:
        server = scope.get("server") or ("localhost", None)
        host = server[0] if server[1] in {None, 80, 443} else f"{server[0]}:{server[1]}"
    query = scope["query_string"].decode("latin-1")
    return f"{scope['scheme']}://{host}{quote(path, safe=_SAFE)}{'?' if query else ''}{query}"
