"""The WSGI environ of a request, for what of Werkzeug and Flask wants to see one. Answers: `gateway.compat.answer`."""

from __future__ import annotations

import io
from typing import Any, TextIO, cast

from starlette.types import Scope

from gateway.asgi import HOSTING
from gateway.compat.wire.paths import url_of
from gateway.environ import EnvironBuilder
from gateway.errors import RequestRefused
from gateway.legacy_errors import LegacyErrors
from gateway.wrappers import as_forwarded


def environ_of(scope: Scope) -> dict[str, Any]:
    """The WSGI environ of a request, without its body.

    What WSGI has no words for, such as two Host lines, is left out: only the method is told then.
    """
    builder = EnvironBuilder(multiprocess=True, errors=cast("TextIO", LegacyErrors()))
    try:
        environ = builder.build(scope)
    except RequestRefused:
        environ = builder.build({**scope, "headers": [], "query_string": b""})
    root: str = scope.get("root_path", "")
    if root and environ["PATH_INFO"].startswith(root):
        environ["SCRIPT_NAME"], environ["PATH_INFO"] = root, environ["PATH_INFO"].removeprefix(root)
    environ["wsgi.input"] = io.BytesIO()
    return as_forwarded(environ, HOSTING.get().proxies)


def public_url(scope: Scope, path: str) -> str:
    """The absolute URL of another path of this application with this request's query, as legacy would write it."""
    if HOSTING.get().proxies:
        environ = environ_of(scope)
        host = environ.get("HTTP_HOST", environ["SERVER_NAME"]).encode("latin-1")
        scope = {**scope, "scheme": environ["wsgi.url_scheme"], "headers": [(b"host", host)]}
        path = environ["SCRIPT_NAME"] + path
    return url_of(scope, path)
