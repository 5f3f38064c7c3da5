"""An address that nothing lives at: a person gets a page that leads on, a program the JSON that it gets everywhere.

It is an exception handler and no route that matches everything, since such a route would be there for every method.
"""

from __future__ import annotations

from http import HTTPStatus
from inspect import isawaitable

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from gateway.console.access import require
from gateway.console.auth import Access
from gateway.console.pages.pages import Pages
from gateway.console.refusals import Refused

SENTENCE = "Nothing of the console is at this address. It may have been cut off when it was sent around."
_PROGRAMS = ("/api/", "/static/")
"""Below these nobody looks for a page."""


def answer_unknown(app: FastAPI, pages: Pages) -> None:
    """Let `app` answer people with a page; everybody else is answered as before."""
    otherwise = app.exception_handlers[HTTPException]

    async def unknown(request: Request, error: Exception) -> Response:
        if is_for_people(request):
            return await run_in_threadpool(_page, pages, request)
        answer = otherwise(request, error)
        return await answer if isawaitable(answer) else answer

    app.add_exception_handler(HTTPStatus.NOT_FOUND, unknown)


def is_for_people(request: Request) -> bool:
    """Whether somebody typed the address, or followed a link to it."""
    return (
        request.method == "GET"
        and "text/html" in request.headers.get("accept", "")
        and not request.url.path.startswith(_PROGRAMS)
    )


def _page(pages: Pages, request: Request) -> Response:
    try:
        require(request, Access.READ)
    except Refused:
        return pages.to_sign_in(request)
    return pages.fail(request, HTTPStatus.NOT_FOUND, SENTENCE, title="No such page", is_known=True)
