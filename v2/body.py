"""The body of a request, read within bounds and after everything else was checked.

FastAPI would parse a declared body before any dependency runs: a client without the key would hear about its JSON.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from fastapi import Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.types import Message, Receive, Scope

from v2.wire import header

LARGEST_BODY = 8 * 1024 * 1024
STREAMS = {"/api/files/checksum"}
"""Paths that take a body of any length."""

NOT_JSON = "Did not attempt to load JSON data because the request Content-Type was not 'application/json'."


async def read_json(request: Request) -> Any:
    """The JSON value in the body. Raises HTTPException: 415 for another media type, 400 for no JSON, 413."""
    media_type = header(request, "content-type").partition(";")[0].strip().lower()
    is_json = media_type == "application/json" or (
        media_type.startswith("application/") and media_type.endswith("+json")
    )
    if not is_json:
        raise HTTPException(415, NOT_JSON)
    try:
        return json.loads(await request.body())
    except ValueError:
        raise HTTPException(400) from None


async def read_form(request: Request) -> FormData:
    """The fields of a form; none where it cannot be read, as Flask has it. Raises HTTPException(413)."""
    try:
        return await request.form()
    except HTTPException as error:
        if error.status_code != HTTPStatus.BAD_REQUEST:
            raise
        return FormData()


def limited(scope: Scope, receive: Receive) -> Receive:
    """The body of a request, until it is longer than LARGEST_BODY: whoever reads it then gets HTTPException(413).

    A body that nobody reads may have any length: the client hears what else is wrong with its request.
    """
    if scope["path"] in STREAMS:
        return receive
    length = header(HTTPConnection(scope), "content-length")
    left = LARGEST_BODY - (int(length) if length.isdecimal() else 0)
    declared = length.isdecimal()

    async def receive_in_limits() -> Message:
        nonlocal left
        if left < 0:
            raise HTTPException(413)
        message = await receive()
        if not declared:
            left -= len(message.get("body", b""))
            if left < 0:
                raise HTTPException(413)
        return message

    return receive_in_limits
