"""Pages from templates. They are the legacy application's own, so that both sides always show the same."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Protocol

from fastapi import Cookie, Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader

from gateway.compat.csrf import csrf_token
from gateway.compat.flashes import Flashes
from gateway.compat.links import Links, LinksToBoth
from gateway.compat.login import Login, LoginOfLegacy
from gateway.compat.request import Legacy
from v2.pages.forms import PageForm

THEMES = ("light", "dark")
TEMPLATES = Path(__file__).resolve().parents[2] / "legacy" / "templates"


class Visitor(Protocol):
    """What pages show of whoever looks at them."""

    is_authenticated: bool
    name: str
    email: str
    role: str


def _day(value: date) -> str:
    return value.strftime("%d %B %Y").lstrip("0")


def _money(value: Decimal) -> str:
    return f"{value:,.2f} €"


# What a template imports sees the environment's globals, never the values of a page.
_links: ContextVar[LinksToBoth] = ContextVar("links")


def _url_for(name: str, /, **values: Any) -> str:
    return _links.get().url_for(name, **values)


_templates = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
_templates.filters.update(day=_day, money=_money)
_templates.globals.update(url_for=_url_for)


class PagesOfVisitor:
    """Makes the pages for one request."""

    def __init__(
        self, *, request: Request, legacy: Legacy, login: LoginOfLegacy, links: Links, flashes: Flashes, theme: str
    ) -> None:
        self._legacy = legacy
        self._login = login
        self._links = links
        self._common = {
            "request": request,
            "theme": theme,
            # While the page is made, not before: what a page did not show waits for the next.
            "get_flashed_messages": lambda with_categories: flashes.take() if with_categories else (),
        }

    async def show(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """The page."""
        # Not before: Flask-Login looks at the session as it is by then, and marks an old login in it.
        user: Visitor = await self._login.user()
        logout = PageForm()
        if user.is_authenticated:  # only then the page has the button
            logout.carry(await csrf_token(self._legacy))
        _links.set(self._links)
        text = _templates.get_template(template).render(
            **self._common, current_user=user, logout_form=lambda: logout, **values
        )
        return HTMLResponse(text, status)


async def pages_of_visitor(
    *,
    request: Request,
    legacy: Legacy,
    login: Login,
    links: Links,
    flashes: Flashes,
    theme: Annotated[str, Cookie()] = "light",
) -> PagesOfVisitor:
    """FastAPI's dependency."""
    shown = theme if theme in THEMES else THEMES[0]
    return PagesOfVisitor(request=request, legacy=legacy, login=login, links=links, flashes=flashes, theme=shown)


Pages = Annotated[PagesOfVisitor, Depends(pages_of_visitor)]
