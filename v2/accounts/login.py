"""Logging in and out."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from gateway.compat.csrf import CsrfToken, csrf_protect
from gateway.compat.flashes import Flashes
from gateway.compat.login import Login
from gateway.compat.session import WritableSession
from gateway.compat.wire.redirects import redirect
from v2.accounts.forms import LoginForm
from v2.accounts.users import authenticate
from v2.clock import utcnow
from v2.kept import PEOPLE
from v2.pages.rendering import Pages
from v2.pages.targets import local_target
from v2.resources import Db
from v2.wire import Args

router = APIRouter(route_class=PEOPLE, dependencies=[Depends(csrf_protect)])


@router.get("/login")
async def login_form(token: CsrfToken, pages: Pages) -> Response:
    """The form."""
    form = LoginForm()
    form.carry(token)
    return await pages.show("login.html", form=form)


@router.post("/login")
async def log_in(
    *,
    request: Request,
    args: Args,
    database: Db,
    token: CsrfToken,
    pages: Pages,
    login: Login,
    session: WritableSession,
    flashes: Flashes,
) -> Response:
    """Log in, or show the form again: 400 where it is incomplete, 401 where the password is wrong."""
    form: Any = LoginForm(await request.form())
    form.carry(token)
    if not form.validate():
        return await pages.show("login.html", 400, form=form)
    user = await authenticate(database, form.email.data, form.password.data)
    if user is None:
        form.password.errors = ["The e-mail address or the password is wrong."]
        return await pages.show("login.html", 401, form=form)
    await login.log_in(user.id, remember=form.remember.data)
    session["since"] = utcnow().replace(microsecond=0)
    flashes.add(f"Welcome back, {user.name}.", "success")
    return redirect(local_target(args.text("next")) or "/account")


@router.post("/logout")
async def log_out(login: Login, session: WritableSession, flashes: Flashes) -> Response:
    """Log out, and go to the first page."""
    await login.log_out()
    session.pop("since", None)
    flashes.add("You are logged out.", "info")
    return redirect("/")
