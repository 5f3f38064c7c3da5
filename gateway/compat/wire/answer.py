"""What becomes of a route's answer before it is sent."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from gateway.compat.wire.conditional import made_conditional
from gateway.compat.wire.cookies_set import rewritten
from gateway.compat.wire.files import as_sent_file, in_range
from gateway.compat.wire.redirects import redirected
from gateway.compat.wire.switches import SWITCHES

ANSWERED = frozenset(
    {"responses.redirects", "files.send_file", "files.ranges", "files.conditional", "cookies.attributes"}
)
"""The switches that work on a whole answer."""


async def completed(response: Response, request: Request, switches: frozenset[str]) -> Response:
    """The answer as the switches want it. Raises Refused for a range that Werkzeug does not serve."""
    if "responses.redirects" in switches:
        response = redirected(response)
    if isinstance(response, FileResponse) and "files.send_file" in switches:
        response = await as_sent_file(response, request)
    if isinstance(response, FileResponse) and "files.ranges" in switches:
        response = await in_range(response, request)
    if "files.conditional" in switches:
        response = made_conditional(response, request)
    if "cookies.attributes" in switches:
        headers = rewritten(response.raw_headers)
        if headers is not None:
            SWITCHES["cookies.attributes"].applied()
            response.headers.raw[:] = headers
    return response
