"""Sending a file: whole, in part, or not again. Headers and decisions are Werkzeug's `send_file`'s."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from fastapi import Request
from starlette.responses import FileResponse, Response
from werkzeug.http import is_resource_modified

from v2.wire import http_date

CONDITIONS = ("If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "Range")


def send(
    request: Request, path: Path, *, disposition: str, media_type: str, etag: str, modified: datetime, max_age: int
) -> Response:
    """The file, or 304. `modified` is in UTC; a copy is good for `max_age` seconds, 0 to ask each time."""
    headers = {
        "Content-Disposition": disposition,
        "Cache-Control": f"public, max-age={max_age}" if max_age else "no-cache, max-age=0",
        "Expires": http_date(datetime.now(UTC) + timedelta(seconds=max_age)),
        "ETag": f'"{etag}"',
    }
    asked = {
        f"HTTP_{name.upper().replace('-', '_')}": request.headers[name]
        for name in CONDITIONS
        if name in request.headers
    }
    is_modified = partial(is_resource_modified, asked, etag=etag, last_modified=modified.replace(microsecond=0))
    # A part that is asked for comes before "you have it already", unless it is a part of something else.
    in_part = "HTTP_RANGE" in asked and not is_modified(ignore_if_range=False)
    if not in_part and not is_modified():
        return Response(status_code=304, headers={**headers, "Accept-Ranges": "bytes"})
    headers["Last-Modified"] = http_date(modified)
    return FileResponse(path, media_type=media_type, headers=headers)
