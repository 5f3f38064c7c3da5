"""The WSGI environ of a request, as gunicorn would build it: PEP 3333, native strings, and the request's id.

Where this differs from gunicorn 27, it is on purpose:
    HTTP_PROXY              never set from a `Proxy:` header (httpoxy)
    HTTP_COOKIE             several Cookie lines are joined with "; ", which is what a cookie string is (RFC 9113 8.2.3)
    SCRIPT_NAME             always "": the gateway is the root, and no variable of the process changes a path
    RAW_URI, REQUEST_URI    a lone "?" at the end of the target is not there: ASGI does not carry it
"""

from __future__ import annotations

import re
from typing import Any, TextIO
from urllib.parse import unquote_to_bytes
from wsgiref.types import WSGIEnvironment

from gateway.asgi import Scope
from gateway.errors import RequestRefused

SERVER_SOFTWARE = "flask-fastapi-gateway"
REQUEST_ID = "gateway.request_id"
"""Where an application finds the id that the gateway's log has for the request."""
KNOWN_NAMES = 1000
"""How many header names are remembered; clients choose them, so there is an end."""
_TOKEN = re.compile(rb"[!#$%&'*+\-.^`|~0-9A-Za-z]+")
"""A header name of RFC 9110 without the underscore, which WSGI cannot tell from a hyphen."""
_SINGLE = frozenset({"HTTP_HOST", "CONTENT_TYPE", "CONTENT_LENGTH"})
_SCHEMES = {"ws": "http", "wss": "https"}
_DEFAULT_PORTS = {"http": "80", "https": "443"}


class EnvironBuilder:
    """Builds environs; remembers the names of headers, because spelling them out is the expensive part.

    Used on one event loop only. `file_wrapper` is what the application finds as `wsgi.file_wrapper`; none by default.
    """

    def __init__(self, *, multiprocess: bool, errors: TextIO, file_wrapper: Any = None) -> None:
        self._base: WSGIEnvironment = {
            "SCRIPT_NAME": "",
            "SERVER_SOFTWARE": SERVER_SOFTWARE,
            "wsgi.version": (1, 0),
            "wsgi.errors": errors,
            "wsgi.multithread": True,
            "wsgi.multiprocess": multiprocess,
            "wsgi.run_once": False,
            "wsgi.input_terminated": True,
        }
        if file_wrapper is not None:
            self._base["wsgi.file_wrapper"] = file_wrapper
        self._keys: dict[bytes, str | None] = {
            b"content-type": "CONTENT_TYPE",
            b"content-length": "CONTENT_LENGTH",
            b"proxy": None,
        }

    def build(self, scope: Scope) -> WSGIEnvironment:
        """The environ of an HTTP scope, without `wsgi.input`.

        Raises RequestRefused (400) for what WSGI has no words for: query bytes above 0x7f, two Host, Content-Type or
        Content-Length lines, Content-Length beside Transfer-Encoding.
        """
        environ = self._base.copy()
        environ["REQUEST_METHOD"] = scope["method"]
        environ["SERVER_PROTOCOL"] = "HTTP/" + scope["http_version"]
        scheme = scope.get("scheme", "http")
        environ["wsgi.url_scheme"] = _SCHEMES.get(scheme, scheme)

        raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
        environ["PATH_INFO"] = (unquote_to_bytes(raw_path) if b"%" in raw_path else raw_path).decode("latin-1")
        target = raw_path.decode("latin-1")
        raw_query: bytes = scope["query_string"]
        if raw_query:
            if not raw_query.isascii():
                raise RequestRefused(
                    400, "query_bytes", "the query holds bytes above 0x7f; they must be percent-encoded"
                )
            query = raw_query.decode("ascii")
            environ["QUERY_STRING"] = query
            target = f"{target}?{query}"
        else:
            environ["QUERY_STRING"] = ""
        environ["RAW_URI"] = environ["REQUEST_URI"] = target
        state = scope.get("state")
        if state and "request_id" in state:
            environ[REQUEST_ID] = state["request_id"]

        client = scope.get("client")
        if client is None:
            environ["REMOTE_ADDR"] = ""
        else:
            environ["REMOTE_ADDR"] = client[0]
            environ["REMOTE_PORT"] = str(client[1])

        keys = self._keys
        for name, value in scope["headers"]:
            key = keys[name] if name in keys else self._learn(name)
            if key is None:
                continue
            if key in environ:
                environ[key] = _joined(key, environ[key], value.decode("latin-1"))
            else:
                environ[key] = value.decode("latin-1")
        if "CONTENT_LENGTH" in environ and "HTTP_TRANSFER_ENCODING" in environ:
            raise RequestRefused(400, "ambiguous_framing", "the request has Content-Length and Transfer-Encoding")

        server = scope.get("server")
        if server is None or server[1] is None:
            name, _, port = environ.get("HTTP_HOST", "").partition(":")
            server = (name or "localhost", port or _DEFAULT_PORTS.get(environ["wsgi.url_scheme"], "80"))
        environ["SERVER_NAME"] = server[0]
        environ["SERVER_PORT"] = str(server[1])
        return environ

    def _learn(self, name: bytes) -> str | None:
        key = None
        if name.lower() != b"proxy" and _TOKEN.fullmatch(name):
            key = "HTTP_" + name.decode("ascii").upper().replace("-", "_")
            if key in {"HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"}:
                key = key.removeprefix("HTTP_")
        if len(self._keys) < KNOWN_NAMES:
            self._keys[name] = key
        return key


def _joined(key: str, first: str, second: str) -> str:
    if key in _SINGLE:
        raise RequestRefused(400, "repeated_header", f"the request has more than one {key.removeprefix('HTTP_')} line")
    return f"{first}; {second}" if key == "HTTP_COOKIE" else f"{first},{second}"
