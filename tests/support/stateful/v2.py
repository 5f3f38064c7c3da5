"""The twin of `legacy.py` in FastAPI, on compat's session, login, JWT and CSRF. It imports nothing of legacy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, FastAPI, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.routing import APIRoute
from flask import abort

from gateway.compat.context import LegacyContext, legacy_context
from gateway.compat.csrf import CsrfToken, csrf_protect
from gateway.compat.flashes import Flashes, FlashMessages
from gateway.compat.hooks import hooks
from gateway.compat.jwt import (
    AccessToken,
    FreshAccessToken,
    OptionalAccessToken,
    RefreshToken,
    Token,
    Tokens,
    jwt_required,
)
from gateway.compat.legacy import bind
from gateway.compat.links import Links
from gateway.compat.login import CurrentUser, FreshlyLoggedIn, LoggedIn, Login
from gateway.compat.request import legacy_request
from gateway.compat.session import ReadableSession, WritableSession
from gateway.compat.wire.install import install
from gateway.compat.wire.route import flask_route
from tests.support.stateful.words import KEYS, form_page

pages = APIRouter(dependencies=[Depends(legacy_request), Depends(csrf_protect)])
tokens = APIRouter(prefix="/auth", dependencies=[Depends(legacy_request)])


def create_app(legacy: Any = None, *, switches: Sequence[str] = (), hook_names: Sequence[str] = ()) -> FastAPI:
    """`switches` of the wire format, and functions of legacy's around every route."""
    app = FastAPI(openapi_url=None)
    if switches:
        install(app, *switches)
    bind(app, legacy, known_to_legacy_as="v2")
    around = [Depends(hooks(*hook_names, reads_body=True))] if hook_names else []
    for router in (pages, tokens):
        app.include_router(wired(router, switches) if switches else router, dependencies=around)
    return app


def wired(router: APIRouter, switches: Sequence[str]) -> APIRouter:
    """The same routes under switches of the wire format, which a router chooses when it is made."""
    made = APIRouter(dependencies=router.dependencies, route_class=flask_route(*switches))
    for route in router.routes:
        assert isinstance(route, APIRoute)
        made.add_api_route(
            route.path, route.endpoint, methods=list(route.methods), status_code=route.status_code, name=route.name
        )
    return made


def listed(flashes: FlashMessages) -> list[list[str]]:
    return [list(flash) for flash in flashes.take()]


@pages.get("/")
async def home(user: CurrentUser) -> dict[str, Any]:
    return {"user": user.name if user is not None else None}


@pages.get("/plain")
async def plain() -> HTMLResponse:
    return HTMLResponse("nothing is kept here\n")


@pages.get("/cart")
async def cart(session: ReadableSession) -> dict[str, Any]:
    return {"cart": list(session.get("cart", ())), "since": session.get("since")}


@pages.put("/cart/{item}")
async def add_to_cart(item: str, session: WritableSession) -> dict[str, Any]:
    session["cart"] = [*session.get("cart", ()), item]
    return {"cart": session["cart"]}


@pages.put("/keep/{yes}")
def keep(yes: int, session: WritableSession) -> dict[str, Any]:
    session.permanent = bool(yes)
    session["kept"] = True
    return {"permanent": session.permanent}


@pages.delete("/cart")
async def empty_cart(session: WritableSession) -> dict[str, Any]:
    session.clear()
    return {"cart": []}


@pages.get("/note/{text}")
async def note(text: str, flashes: Flashes, links: Links) -> RedirectResponse:
    flashes.add(f"A note: {text}", "info")
    return RedirectResponse(links.url_for("v2.notes"), 302)


@pages.get("/notes")
def notes(flashes: Flashes) -> dict[str, Any]:
    return {"notes": listed(flashes)}


@pages.get("/login")
async def login_form(token: CsrfToken, flashes: Flashes) -> HTMLResponse:
    return HTMLResponse(form_page("Log in", token, listed(flashes), "password", "remember"))


@pages.post("/login")
async def log_in(
    *,
    request: Request,
    login: Login,
    flashes: Flashes,
    links: Links,
    token: CsrfToken,
    password: Annotated[str, Form()] = "",
    remember: Annotated[str | None, Form()] = None,
) -> Response:
    number = KEYS.get(password)
    if number is not None and await login.log_in(number, remember=remember is not None):
        name = await login.read(lambda user: user.name)
        flashes.add(f"Welcome, {name}.", "success")
        return RedirectResponse(request.query_params.get("next") or links.url_for("pages.account"), 302)
    return HTMLResponse(form_page("Log in", token, listed(flashes), "password", "remember"))


@pages.get("/account")
async def account(
    user: LoggedIn, login: Login, session: ReadableSession, token: CsrfToken, flashes: Flashes
) -> HTMLResponse:
    title = f"{session.get('nick') or user.name}, fresh: {await login.is_fresh()}"
    return HTMLResponse(form_page(title, token, listed(flashes), "nick"))


@pages.post("/account")
async def save_account(
    user: LoggedIn, session: WritableSession, flashes: Flashes, nick: Annotated[str, Form()]
) -> RedirectResponse:
    session["nick"] = nick
    flashes.add("Saved.", "success")
    return RedirectResponse("/account", 302)


@pages.get("/security")
async def security(user: FreshlyLoggedIn) -> dict[str, Any]:
    return {"user": user.name}


@pages.post("/logout")
async def log_out(login: Login, flashes: Flashes) -> RedirectResponse:
    await login.log_out()
    flashes.add("Until soon.", "info")
    return RedirectResponse("/login", 302)


@pages.get("/forbidden")
async def forbidden(legacy: Annotated[LegacyContext, Depends(legacy_context())]) -> None:
    await legacy.run(lambda: abort(403, "Not you."))


@tokens.post("/login")
async def token_login(
    body: Annotated[dict[str, str], Body()], tokens: Tokens, legacy: Annotated[LegacyContext, Depends(legacy_context())]
) -> dict[str, str]:
    number = KEYS.get(body.get("password", ""))
    if number is None:
        await legacy.run(lambda: abort(403, "Who are you?"))
    made = {"access": await tokens.access(number, fresh=True), "refresh": await tokens.refresh(number)}
    tokens.set_cookies(access=made["access"])
    return made


@tokens.post("/refresh")
async def token_refresh(token: RefreshToken, tokens: Tokens) -> dict[str, str]:
    return {"access": await tokens.access(token.identity)}


@tokens.api_route("/whoami", methods=["GET", "POST"])
async def token_whoami(token: AccessToken) -> dict[str, Any]:
    return {"identity": token.identity, "name": token.user.name, "role": token.claims["role"]}


@tokens.get("/maybe")
async def token_maybe(token: OptionalAccessToken) -> dict[str, Any]:
    return {"identity": token.identity}


@tokens.get("/fresh")
async def token_fresh(token: FreshAccessToken) -> dict[str, Any]:
    return {"identity": token.identity}


@tokens.delete("/token", status_code=204)
async def token_revoke(
    token: Annotated[Token, Depends(jwt_required(verify_type=False))],
    tokens: Tokens,
    legacy: Annotated[LegacyContext, Depends(legacy_context())],
) -> None:
    legacy.app.revoked.add(token.claims["jti"])  # type: ignore[attr-defined]  # this test application's own
    tokens.unset_cookies()
