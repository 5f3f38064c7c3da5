"""The account of whoever is logged in."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request
from sqlalchemy import update
from starlette.responses import Response

from gateway.compat.csrf import CsrfToken, csrf_protect
from gateway.compat.flashes import Flashes
from gateway.compat.login import FreshlyLoggedIn, LoggedIn
from gateway.compat.wire.redirects import redirect
from legacy.tables import users
from v2.accounts.forms import AccountForm
from v2.kept import PEOPLE
from v2.pages.rendering import Pages
from v2.resources import Db

router = APIRouter(prefix="/account", route_class=PEOPLE, dependencies=[Depends(csrf_protect)])


@router.get("")
async def account(user: LoggedIn, pages: Pages, token: CsrfToken) -> Response:
    """The account, in a form."""
    form = AccountForm(obj=user)
    form.carry(token)
    return await pages.show("account.html", form=form)


@router.post("")
async def save(
    *, request: Request, user: LoggedIn, database: Db, pages: Pages, token: CsrfToken, flashes: Flashes
) -> Response:
    """Save the account, or show the form again."""
    form: Any = AccountForm(await request.form(), obj=user)
    form.carry(token)
    if not form.validate():
        return await pages.show("account.html", 400, form=form)
    await database.execute(update(users).where(users.c.id == user.id).values(name=form.name.data))
    flashes.add("Your account is saved.", "success")
    return redirect("/account")


@router.get("/security")
async def security(_user: FreshlyLoggedIn, pages: Pages) -> Response:
    """What only somebody who has just given the password may see."""
    return await pages.show("security.html")
