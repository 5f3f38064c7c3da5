"""Redirects as Flask sends them: 302, a page, the Location as it was given; and those of `defaults=`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Request
from starlette.responses import RedirectResponse, Response
from werkzeug.routing import RequestRedirect
from werkzeug.utils import redirect as flask_redirect

from gateway.compat.answer import starlette_response
from gateway.compat.wire.environs import public_url
from gateway.compat.wire.refusals import Refused
from gateway.compat.wire.switches import SWITCHES

_DEFAULT_STATUS = 307


def redirected(response: Response) -> Response:
    """Flask's answer for a RedirectResponse: 302 for its default of 307, another status as it is, and the page.

    A 307 that is meant is `redirect(url, 307)`. Its other headers and its background task stay.
    """
    if not isinstance(response, RedirectResponse):
        return response
    SWITCHES["responses.redirects"].applied()
    status = 302 if response.status_code == _DEFAULT_STATUS else response.status_code
    made = redirect(response.headers["location"], status)
    replaced = {b"location", b"content-length", b"content-type"}
    made.raw_headers.extend(line for line in response.raw_headers if line[0] not in replaced)
    made.background = response.background
    return made


def redirect(location: str, status: int = 302) -> Response:
    """What Flask's `redirect()` returns: for code that is ported as it stands."""
    return starlette_response(flask_redirect(location, status), {"REQUEST_METHOD": "GET"})


def redirect_defaults(to: str, **defaults: Any) -> Callable[[Request], Awaitable[None]]:
    """A dependency: where the path spells out what a rule's `defaults=` say, redirect to the rule that has them, 308.

    `@router.get("/pages/page/{page}", dependencies=[Depends(redirect_defaults("/pages/", page=1))])`. The query stays.
    """

    async def check(request: Request) -> None:
        if all(_reads(request.path_params.get(name), value) for name, value in defaults.items()):
            SWITCHES["routing.defaults_redirect"].applied()
            raise Refused(RequestRedirect(public_url(request.scope, to)))

    return check


def _reads(given: Any, value: Any) -> bool:
    """Whether what a path has is that value, however it is written: 01 is 1."""
    try:
        return bool(type(value)(given) == value)
    except (TypeError, ValueError):
        return False
