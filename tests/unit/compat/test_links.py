"""URLs by name across both sides."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from flask import Flask, render_template_string
from starlette.routing import NoMatchFound
from werkzeug.middleware.proxy_fix import ProxyFix

from gateway.compat.legacy import bind
from gateway.compat.links import Links
from gateway.compat.routes import routes_of
from gateway.compat.v2_urls import url_in_v2
from tests.support.stateful.visitor import Visitor, both

pytestmark = pytest.mark.anyio


def a_v2() -> FastAPI:
    app, router = FastAPI(openapi_url=None), APIRouter(prefix="/team")
    bind(app, known_to_legacy_as="v2")

    @router.get("/{name}/people/{number}")
    async def person(name: str, number: int) -> None: ...

    @app.get("/links")
    async def links(links: Links) -> Any:
        return [
            links.url_for("v2.person", name="a b", number=7),
            links.url_for("v2.person", name="a", number=7, q="x&y", page=None),
            links.url_for("old", word="\u00e9", q="x y"),
        ]

    app.include_router(router)
    return app


def a_legacy(text: str = "") -> Flask:
    app = Flask("links")
    app.add_url_rule("/old/<word>", "old", lambda word: render_template_string(text))
    return app


async def test_v2_links_to_both_sides() -> None:
    applied: list[str] = []
    async with both(a_legacy(), a_v2(), applied) as sides:
        answer = await Visitor(sides).ask("v2", "GET", "/links")
    assert answer.body == b'["/team/a%20b/people/7","/team/a/people/7?q=x%26y","/old/%C3%A9?q=x+y"]'
    assert applied == ["links.url_for"]


async def test_links_have_the_prefix_that_a_proxy_takes_away() -> None:
    """Legacy's ProxyFix believes X-Forwarded-Prefix: a link without it would lead past the application."""
    legacy = a_legacy("{{ url_for('v2.links') }}")
    legacy.wsgi_app = ProxyFix(legacy.wsgi_app, x_prefix=1)  # type: ignore[method-assign]  # Flask's own way
    async with both(legacy, a_v2()) as sides:
        visitor = Visitor(sides, headers={"x-forwarded-prefix": "/shop"})
        assert (await visitor.ask("legacy", "GET", "/old/x")).body == b"/shop/links"
        found = json.loads((await visitor.ask("v2", "GET", "/links")).body)
        assert [url.startswith("/shop/") for url in found] == [True, True, True]


async def test_legacys_templates_link_to_v2_and_still_say_what_is_wrong() -> None:
    async with both(a_legacy("{{ url_for('v2.person', name='a', number=7, q='x') }}"), a_v2()) as sides:
        assert (await Visitor(sides).ask("legacy", "GET", "/old/x")).body == b"/team/a/people/7?q=x"
    for wrong in ("v2.nobody", "v2.person", "nobody"):
        async with both(a_legacy(f"{{{{ url_for('{wrong}') }}}}"), a_v2()) as sides:
            assert (await Visitor(sides).ask("legacy", "GET", "/old/x")).status == 500


def test_a_route_is_found_by_name_behind_the_prefix_of_its_router() -> None:
    router = a_v2().router
    assert {route.path for route in routes_of(router)} == {"/team/{name}/people/{number}", "/links"}
    assert url_in_v2(router, "links", {}) == "/links"
    with pytest.raises(NoMatchFound):
        url_in_v2(router, "person", {"name": "a"})
