"""An answer that legacy gives in v2's place: a redirect to its login page, its 401, its error page.

Raised by dependencies, since a dependency of FastAPI can end a request in no other way; `bind` registers the handler.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from wsgiref.types import WSGIEnvironment

from starlette.requests import HTTPConnection
from starlette.responses import Response, StreamingResponse
from starlette.websockets import WebSocket

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response as WerkzeugResponse

_POLICY_VIOLATION = 1008


class LegacyAnswer(Exception):
    """V2's endpoint is not asked, or not any further: the client gets what legacy's own code answered.

    `environ` is that of the request; some headers are completed by it.
    """

    def __init__(self, response: WerkzeugResponse, environ: WSGIEnvironment) -> None:
        super().__init__(f"legacy answers {response.status}")
        self.response = response
        self.environ = environ


def answer_to(app: Flask, error: Exception) -> WerkzeugResponse:
    """What legacy answers to an exception: its error handlers' words. To be called where `error` is handled.

    Raises `error` itself when legacy has no handler for it.
    """
    response: WerkzeugResponse = app.make_response(app.handle_user_exception(error))
    return response


async def send_legacy_answer(connection: HTTPConnection, error: Exception) -> Response | None:
    """FastAPI's handler of LegacyAnswer. A WebSocket that legacy refuses is closed before it is accepted: 403."""
    if not isinstance(error, LegacyAnswer):
        raise error
    if isinstance(connection, WebSocket):
        await connection.close(_POLICY_VIOLATION)
        return None
    return starlette_response(error.response, error.environ)


def starlette_response(response: WerkzeugResponse, environ: WSGIEnvironment) -> Response:
    """The same answer as a response of Starlette's: status, header lines in their order, body; streams stay streams."""
    chunks, status, headers = response.get_wsgi_response(environ)
    code = int(status.split(" ", 1)[0])
    made: Response
    if response.is_streamed:
        made = StreamingResponse(_closing(chunks), code)
    else:
        made = Response(b"".join(chunks), code)
        response.close()
    made.raw_headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    return made


def _closing(chunks: Iterable[bytes]) -> Iterator[bytes]:
    try:
        yield from chunks
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
