"""A v2 application as a user writes it who checks types strictly: every public name of compat, used as it is meant.

What must not pass the type checker is here too, each behind an ignore that has to be needed.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI, Form
from fastapi.responses import RedirectResponse, Response
from flask import Flask

from gateway.compat.context import LegacyContext, is_shadow, legacy_context
from gateway.compat.csrf import CsrfProtected, CsrfToken, csrf_protect, csrf_token
from gateway.compat.flashes import Flash, Flashes, FlashMessages, flash_messages
from gateway.compat.hooks import hooks
from gateway.compat.jwt import (
    NO_TOKEN,
    AccessToken,
    FreshAccessToken,
    OptionalAccessToken,
    RefreshToken,
    Token,
    Tokens,
    TokensOfLegacy,
    flask_tokens,
    jwt_required,
)
from gateway.compat.legacy import bind, legacy_app
from gateway.compat.links import Links, LinksToBoth, links_to_both
from gateway.compat.login import (
    CurrentUser,
    FreshlyLoggedIn,
    LoggedIn,
    Login,
    LoginOfLegacy,
    current_user,
    flask_login,
    fresh_login_required,
    login_required,
)
from gateway.compat.request import Legacy, LegacyRequest, legacy_request
from gateway.compat.routes import routes_of
from gateway.compat.session import (
    ReadableSession,
    SessionEditor,
    SessionView,
    WritableSession,
    flask_session,
    writable_flask_session,
)
from gateway.compat.skipped import SkippedHook, skipped_hooks
from gateway.compat.switch import Switch
from gateway.compat.wire.choice import dropped, kept
from gateway.compat.wire.install import install
from gateway.compat.wire.redirects import redirect, redirect_defaults
from gateway.compat.wire.route import FlaskRoute, flask_route

OWN = Switch("own.greeting", "the greeting that legacy had")
router = APIRouter(
    route_class=flask_route("json", "params.first_value"),
    dependencies=[
        Depends(legacy_request),
        Depends(hooks("refuse_during_maintenance", reads_body=True, in_shadow=False)),
        Depends(csrf_protect),
    ],
)
plain = APIRouter(route_class=FlaskRoute)


@router.get("/session")
@kept("json.http_dates")
@dropped("json.text_form")
async def read(session: ReadableSession) -> dict[str, Any]:
    view: Mapping[str, Any] = session
    return {**view, "new": session.new, "permanent": session.permanent, "sid": session.sid}


@router.put("/session")
def write(session: WritableSession, viewed: Annotated[SessionView, Depends(flask_session)]) -> int:
    editor: MutableMapping[str, Any] = session
    editor.update(a=1)
    session.permanent = True
    session.modified = True
    return len(viewed)


@router.delete("/session")
def empty(session: Annotated[SessionEditor, Depends(writable_flask_session)]) -> None:
    session.clear()


@router.get("/messages")
async def messages(flashes: Flashes, again: Annotated[FlashMessages, Depends(flash_messages)]) -> list[str]:
    again.add("Seen.", "info")
    found: list[Flash] = flashes.take(["info"])
    return [f"{one.category}: {one.message}" for one in found]


@router.post("/login")
async def log_in(login: Login, name: Annotated[str, Form()], links: Links, *, remember: bool = False) -> Response:
    entered: bool = await login.log_in(name, remember=remember, duration=timedelta(days=1))
    if not entered:
        await login.log_out()
    await login.confirm()
    fresh: bool = await login.is_fresh()
    url: str = links.url_for("pages.account", fresh=fresh)
    return RedirectResponse(url, 302) if entered else redirect("/login")


@router.get("/account")
async def account(
    user: LoggedIn,
    maybe: CurrentUser,
    fresh: FreshlyLoggedIn,
    login: Annotated[LoginOfLegacy, Depends(flask_login)],
    again: Annotated[Any, Depends(current_user)],
) -> str:
    name: str = await login.read(lambda found: str(found.name))
    return name if user == maybe == again == fresh else ""


@router.get("/guarded", dependencies=[Depends(login_required), Depends(fresh_login_required)])
async def guarded(token: CsrfToken, other: Annotated[str, Depends(csrf_token)], _: CsrfProtected) -> bool:
    return token == other


@router.get("/whoami")
async def whoami(
    token: AccessToken,
    maybe: OptionalAccessToken,
    fresh: FreshAccessToken,
    own: Annotated[Token, Depends(jwt_required(locations=["headers"], skip_revocation_check=True))],
) -> dict[str, Any]:
    claims: Mapping[str, Any] = token.claims
    return {"sub": claims["sub"], "nobody": maybe == NO_TOKEN, "fresh": fresh.identity, "header": own.header}


@router.post("/refresh")
async def refresh(
    token: RefreshToken, tokens: Tokens, same: Annotated[TokensOfLegacy, Depends(flask_tokens)]
) -> dict[str, str]:
    access: str = await tokens.access(token.identity, fresh=False, additional_claims={"role": "editor"})
    tokens.set_cookies(access=access, refresh=await tokens.refresh(token.identity))
    same.unset_cookies()
    return {"access": access}


@router.get("/quota")
async def quota(
    legacy: Annotated[LegacyContext, Depends(legacy_context(body=True, writes=True))],
    asked: Legacy,
    same: Annotated[LegacyRequest, Depends(legacy_request)],
    links: Annotated[LinksToBoth, Depends(links_to_both)],
    tasks: BackgroundTasks,
) -> str:
    if not is_shadow():
        tasks.add_task(OWN.applied)
    left: int = await legacy.run(lambda: len(legacy.app.name))
    there: str = asked.here(lambda: legacy.request.path)
    flask: Flask = legacy_app()
    return f"{left} {there} {legacy.url_for('pages.home')} {flask.name} {links.url_for('v2.quota')} {same is asked}"


@plain.get("/pages/{page}", dependencies=[Depends(redirect_defaults("/pages/", page=1))])
async def page(page: int) -> int:
    return page


def skips(flask: Flask, app: FastAPI) -> tuple[SkippedHook, ...]:
    found: list[SkippedHook] = []
    for route in routes_of(app.router):
        found += skipped_hooks(flask, "pages.account", route)
    return tuple(one for one in found if one.kind != "teardown_request")


async def mistakes(read: ReadableSession, written: WritableSession, login: Login, token: AccessToken) -> None:
    """Nobody calls this: the type checker is what says no."""
    read["a"] = 1  # type: ignore[index]  # a session that is only read cannot be changed
    written.perm = True  # type: ignore[attr-defined]  # a name that is written wrong would be lost
    await login.log_in("7", forever=True)  # type: ignore[call-arg]  # no such option
    token.identity = "7"  # type: ignore[misc]  # a token that was verified stays what it is


def create_app(legacy: Flask | str | None = None) -> FastAPI:
    app = FastAPI(openapi_url=None)
    install(app, "errors.pages", "routing")
    bind(app, legacy, known_to_legacy_as="v2")
    app.include_router(router)
    app.include_router(plain)
    return app
