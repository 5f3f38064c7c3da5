"""Answers with an ETag of their body and a 304 to it: Flask's `add_etag()` and `make_conditional(request)`."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from werkzeug.wrappers import Response as Answer

from gateway.compat.answer import starlette_response
from gateway.compat.wire.environs import environ_of
from gateway.compat.wire.switches import SWITCHES


def made_conditional(response: Response, request: Request) -> Response:
    """The answer with its ETag, or 304 (412 where If-Match says so). Streams, files and errors are left as they are.

    The ETag is Werkzeug's, of v2's bytes: it equals legacy's only where the bytes do.
    """
    if isinstance(response, StreamingResponse | FileResponse) or not 200 <= response.status_code < 300:  # noqa: PLR2004 - 2xx
        return response
    environ = environ_of(request.scope)
    answer = Answer(bytes(response.body), response.status_code)
    answer.headers.clear()
    answer.headers.extend((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.raw_headers)
    has_date = "date" in answer.headers
    answer.add_etag()
    answer.make_conditional(environ)
    if not has_date:
        answer.headers.remove("date")  # the server's business
    SWITCHES["files.conditional"].applied()
    made = starlette_response(answer, environ)
    made.background = response.background
    return made
