"""`url_for` across both sides: v2's pages link to legacy's, and legacy's to v2's, without knowing who answers which.

    async def page(links: Links) -> ...:      links.url_for("accounts.login", next="/x")    legacy's endpoint
                                              links.url_for("v2.employee", number=7)        v2's route name
    bind(app, known_to_legacy_as="v2")        {{ url_for("v2.employee", number=7) }} in legacy's templates

The URLs are the public ones: behind the gateway a path is the same whichever side answers it.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.routing import Router

from gateway.compat.request import Legacy, LegacyRequest
from gateway.compat.switch import Switch
from gateway.compat.v2_urls import url_in_v2

LINKED = Switch("links.url_for", "v2's pages link to legacy's endpoints by their names")
OWN = "v2."


class LinksToBoth:
    """Makes URLs, each relative to the host."""

    def __init__(self, legacy: LegacyRequest, router: Router) -> None:
        self._legacy = legacy
        self._router = router

    def url_for(self, name: str, /, **values: Any) -> str:
        """The URL of a legacy endpoint, or with `v2.` before it of a v2 route.

        Values that are no part of the path become the query, as Flask does it, on both sides.

        Raises werkzeug's BuildError or Starlette's NoMatchFound for a name that is not there.
        """
        if name.startswith(OWN):
            return self._legacy.request.script_root + url_in_v2(self._router, name.removeprefix(OWN), values)
        LINKED.applied()
        return self._legacy.here(lambda: self._legacy.app.url_for(name, **values))


async def links_to_both(legacy: Legacy, request: Request) -> LinksToBoth:
    """FastAPI's dependency."""
    return LinksToBoth(legacy, request.app.router)


Links = Annotated[LinksToBoth, Depends(links_to_both)]
