"""Routes that answer people: who may read is decided first, and what goes wrong becomes a page instead of JSON."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from gateway.console.access import require
from gateway.console.auth import Access
from gateway.console.failures import denial_of
from gateway.console.pages.pages import Pages
from gateway.console.refusals import Refused
from gateway.errors import EvidenceError, GatewayError, MapInvalid, RouteUnknown, SampleUnknown


def page_route(pages: Pages) -> type[APIRoute]:
    """The kind of route for a router of pages."""

    class PageRoute(APIRoute):
        """A page. Its path is read by readers only."""

        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handler = super().get_route_handler()

            async def answer(request: Request) -> Response:
                try:
                    require(request, Access.READ)
                except Refused as error:
                    if error.denied.status is HTTPStatus.UNAUTHORIZED:
                        return pages.to_sign_in(request)
                    return pages.fail(request, error.denied.status, error.denied.message, is_known=False)
                try:
                    return await handler(request)
                except GatewayError as error:
                    return pages.fail(
                        request, denial_of(error).status, str(error), title=title_of(error), is_known=True
                    )

            return answer

    return PageRoute


def title_of(error: GatewayError) -> str:
    """What a page is headed with that cannot be shown."""
    match error:
        case RouteUnknown():
            return "No such route"
        case SampleUnknown():
            return "No such mismatch"
        case MapInvalid():
            return "The map cannot be read"
        case EvidenceError():
            return "The evidence cannot be read"
        case _:
            return "Not at the moment"
