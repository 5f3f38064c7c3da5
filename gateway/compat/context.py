"""What an application can know of the request beyond what the client sent, and legacy's own context where it must.

is_shadow()                                         code that must not run twice
legacy: LegacyContext = Depends(legacy_context())   current_app, g, request, session and url_for of legacy
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from fastapi import Request

from gateway.asgi import IS_SHADOW
from gateway.compat.request import Legacy, LegacyRequest
from gateway.compat.switch import Switch

if TYPE_CHECKING:
    from flask import Flask
    from flask import Request as FlaskRequest

T = TypeVar("T")

USED = Switch("context.legacy", "code of legacy's runs inside of a v2 route, in a request context of legacy's")


def is_shadow() -> bool:
    """Whether this request is a shadow: asked to be compared, its answer seen by nobody.

    For code that must not run twice: mails, payments, one-time tokens. True in both applications, in FastAPI's
    handlers and dependencies as in Flask's views. `X-Shadow: 1` says the same in the request's headers.
    """
    return IS_SHADOW.get()


class LegacyContext:
    """Legacy's request context around an endpoint, where Flask's own proxies (`current_app`, `g`) work, too."""

    def __init__(self, legacy: LegacyRequest) -> None:
        self._legacy = legacy

    @property
    def app(self) -> Flask:
        """The legacy application."""
        return self._legacy.app

    @property
    def g(self) -> Any:
        """Flask's `g` of this request: what `before_request` functions left there."""
        return self._legacy.app_context.g

    @property
    def request(self) -> FlaskRequest:
        """The request as legacy sees it."""
        return self._legacy.request

    def url_for(self, endpoint: str, /, **values: Any) -> str:
        """The URL of a legacy endpoint, as legacy's templates write it; relative to the host unless `_external`."""
        return self._legacy.here(lambda: self.app.url_for(endpoint, **values))

    async def run(self, function: Callable[[], T]) -> T:
        """Call legacy's `function` on a thread: what it blocks on does not hold up v2's other requests.

        What legacy answers to an exception (`abort(404)`, an error handler) becomes the answer.
        """
        return await self._legacy.run(function)


def legacy_context(*, body: bool = False, writes: bool = False) -> Callable[..., AsyncIterator[LegacyContext]]:
    """A dependency: the endpoint, `async def` or `def`, runs inside of a request context of legacy's.

    `body`: legacy's code reads the request's body, which is read whole first. `writes`: it may change the session, as
    `flash` does; without, such a change is an error. Each request has a context of its own; tasks and threads that the
    endpoint starts see it, other requests never do.
    """

    async def around(legacy: Legacy, request: Request) -> AsyncIterator[LegacyContext]:
        USED.applied()
        legacy.writes |= writes
        if body:
            await legacy.hand_over_body(request)
        with legacy.pushed():
            yield LegacyContext(legacy)

    return around
