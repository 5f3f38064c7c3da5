"""The report of what a v2 route skips: complete, in order, with a place in the source and what to do."""

from __future__ import annotations

import inspect
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from flask import Flask

from gateway.compat.csrf import csrf_protect
from gateway.compat.hooks import hooks
from gateway.compat.legacy import bind
from gateway.compat.request import legacy_request
from gateway.compat.routes import routes_of
from gateway.compat.session import ReadableSession
from gateway.compat.skipped import SkippedHook, skipped_hooks
from tests.support.stateful import legacy as stateful


def a_route(*dependencies: Any, reads_session: bool = False) -> Any:
    app, router = FastAPI(openapi_url=None), APIRouter(dependencies=[Depends(call) for call in dependencies])
    bind(app)
    if reads_session:

        @router.get("/cart")
        async def cart(session: ReadableSession) -> int:
            return len(session)

    else:
        router.add_api_route("/cart", lambda: None)
    app.include_router(router)
    (found,) = [route for route in routes_of(app.router) if route.path == "/cart"]
    return found


def names(skipped: tuple[SkippedHook, ...]) -> list[tuple[str, str]]:
    return [(hook.kind, hook.name.rpartition(".")[2]) for hook in skipped]


EVERYTHING = [
    ("before_request", "csrf_protect"),
    ("before_request", "refuse_during_maintenance"),
    ("before_request", "remember_request_id"),
    ("before_request", "note_blueprint"),
    ("after_request", "count_letters"),
    ("after_request", "add_headers"),
    ("after_request", "_update_remember_cookie"),
    ("teardown_request", "write_audit_entry"),
]


def test_a_naive_port_skips_everything_in_the_order_in_which_flask_ran_it() -> None:
    app = stateful.create_app()
    assert names(skipped_hooks(app, "pages.cart")) == EVERYTHING
    assert names(skipped_hooks(app, "pages.cart", a_route())) == EVERYTHING


def test_a_blueprints_functions_are_those_of_its_own_routes() -> None:
    elsewhere = names(skipped_hooks(stateful.create_app(), "tokens.token_fresh"))
    assert elsewhere == [hook for hook in EVERYTHING if hook[1] != "note_blueprint"]


def test_what_a_route_keeps_by_compat_is_left_out() -> None:
    app = stateful.create_app()
    route = a_route(csrf_protect, hooks("add_headers", "remember_request_id"), reads_session=True)
    left = {"refuse_during_maintenance", "note_blueprint", "count_letters", "write_audit_entry"}
    assert {name for _, name in names(skipped_hooks(app, "pages.cart", route))} == left
    assert ("after_request", "_update_remember_cookie") not in names(
        skipped_hooks(app, "pages.cart", a_route(legacy_request))
    )


def test_each_has_its_place_its_owner_and_a_way_out() -> None:
    found = {hook.name.rpartition(".")[2]: hook for hook in skipped_hooks(stateful.create_app(), "pages.cart")}
    own, blueprint, csrf = found["add_headers"], found["note_blueprint"], found["csrf_protect"]
    assert own.file == inspect.getsourcefile(stateful)
    assert "def add_headers" in "".join(inspect.getsourcelines(stateful)[0][own.line - 1 : own.line + 1])
    assert (own.blueprint, blueprint.blueprint) == (None, "pages")
    assert (csrf.extension, found["_update_remember_cookie"].extension) == ("flask_wtf", "flask_login")
    assert 'hooks("add_headers")' in own.instead
    assert "csrf_protect" in csrf.instead


def test_an_application_without_hooks_skips_none() -> None:
    assert skipped_hooks(Flask("bare"), "static") == ()
