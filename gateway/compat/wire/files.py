"""Files as Flask's `send_file` sends them: ETag, dates, caching, disposition, 304, and its 416."""

from __future__ import annotations

import os
from contextlib import nullcontext
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import is_entity_header, parse_range_header
from werkzeug.utils import send_file

from gateway.asgi import HOSTING
from gateway.compat.answer import starlette_response
from gateway.compat.wire.environs import environ_of
from gateway.compat.wire.refusals import Refused
from gateway.compat.wire.switches import SWITCHES

if TYPE_CHECKING:
    from flask import Flask

NOT_MODIFIED = 304
PRECONDITION_FAILED = 412
_SET = ("etag", "last-modified", "content-disposition")
_OFFERED = ("cache-control", "expires")  # what the author has set counts
_FROM_THE_FILE = frozenset({b"content-type", b"content-length", b"accept-ranges", *(name.encode() for name in _SET)})


async def as_sent_file(response: FileResponse, request: Request) -> Response:
    """The same file with Flask's headers, or its 304. A file that is not there is left to Starlette.

    Blocking: it reads the file's status, in a thread. Starlette still sends the bytes.
    """
    environ = environ_of(request.scope)
    environ.pop("HTTP_RANGE", None)
    made = await run_in_threadpool(_answer, response, environ, HOSTING.get().legacy)
    if made is None:
        return response
    SWITCHES["files.send_file"].applied()
    if made.status_code == PRECONDITION_FAILED and "range" not in request.headers:
        response.status_code = made.status_code  # Werkzeug sends the file with it
    if made.status_code != response.status_code:
        made.background = response.background
        _keep_the_authors(made, response)
        return made
    for name in _SET:
        if name in made.headers:
            response.headers[name] = made.headers[name]
    for name in _OFFERED:
        if name in made.headers:
            response.headers.setdefault(name, made.headers[name])
    return response


async def in_range(response: FileResponse, request: Request) -> Response:
    """The same file, where Werkzeug serves the range that is asked for.

    Raises Refused (416) for several ranges, another unit, and what cannot be read or satisfied.
    """
    wanted = request.headers.get("range")
    if wanted is None or response.status_code != 200:  # noqa: PLR2004 - only a whole file has ranges
        return response
    size = await run_in_threadpool(_size, response)
    if size is None or not _is_unchanged(response, request):
        return response
    if size == 0:  # Werkzeug sends it whole
        SWITCHES["files.ranges"].applied()
        kept = {name: value for name, value in response.headers.items() if name != "content-length"}
        return Response(b"", headers=kept, background=response.background)
    parsed = parse_range_header(wanted)
    if parsed is None or parsed.range_for_length(size) is None:
        SWITCHES["files.ranges"].applied()
        raise Refused(RequestedRangeNotSatisfiable(size))
    return response


def _answer(response: FileResponse, environ: dict[str, Any], legacy: Flask | None) -> Response | None:
    if _size(response) is None:
        return None
    disposition = response.headers.get("content-disposition", "inline")
    with nullcontext() if legacy is None else legacy.app_context():
        answer = send_file(
            os.fspath(response.path),
            environ,
            mimetype=response.media_type,
            as_attachment=disposition.startswith("attachment"),
            download_name=response.filename,
            max_age=None if legacy is None else legacy.get_send_file_max_age,
        )
    answer.close()  # only its head is of use
    answer.response = ()
    return starlette_response(answer, environ)


def _keep_the_authors(made: Response, response: FileResponse) -> None:
    """What an endpoint has set beside the file is part of a 304 and a 412, too: a cache takes it over."""
    lines = [line for line in response.raw_headers if line[0] not in _FROM_THE_FILE]
    if made.status_code == NOT_MODIFIED:
        lines = [line for line in lines if not is_entity_header(line[0].decode("latin-1")) or line[0] == b"expires"]
    ours = {b"date", *(name for name, _ in lines)}  # the date is the server's business
    made.raw_headers = [*(line for line in made.raw_headers if line[0] not in ours), *lines]


def _size(response: FileResponse) -> int | None:
    try:
        found = response.stat_result or Path(response.path).stat()
    except OSError:
        return None
    response.stat_result = found
    response.set_stat_headers(found)
    return found.st_size if S_ISREG(found.st_mode) else None


def _is_unchanged(response: FileResponse, request: Request) -> bool:
    """Whether If-Range, where it is given, names what would be sent: else the whole file is."""
    condition = request.headers.get("if-range")
    return condition is None or condition in {response.headers.get("etag"), response.headers.get("last-modified")}
