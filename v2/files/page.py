"""The page with the files: a list, and a form for one more."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request
from sqlalchemy import select
from starlette.datastructures import UploadFile
from starlette.responses import Response
from wtforms import FileField, SubmitField

from gateway.compat.csrf import CsrfToken, csrf_protect
from gateway.compat.flashes import Flashes
from gateway.compat.login import LoggedIn
from gateway.compat.wire.redirects import redirect
from legacy.tables import documents
from v2.files import store
from v2.kept import PEOPLE
from v2.pages.forms import PageForm
from v2.pages.rendering import Pages
from v2.resources import Held

router = APIRouter(prefix="/files", route_class=PEOPLE, dependencies=[Depends(csrf_protect)])


class UploadForm(PageForm):
    file = FileField("File")
    submit = SubmitField("Upload")


@router.get("/")
async def index(_user: LoggedIn, pages: Pages, held: Held, token: CsrfToken) -> Response:
    """The files, and the form."""
    form = UploadForm()
    form.carry(token)
    rows = await held.database.all(select(documents).order_by(documents.c.name, documents.c.id))
    return await pages.show("files.html", form=form, documents=rows)


@router.post("/")
async def upload(request: Request, user: LoggedIn, held: Held, flashes: Flashes) -> Response:
    """Store a file, and show the page again."""
    received: Any = (await request.form()).get("file")
    if not isinstance(received, UploadFile) or not received.filename:
        flashes.add("Choose a file first.", "error")
    elif not store.is_allowed(received.filename):
        flashes.add("Files of this kind are not allowed.", "error")
    else:
        document = await store.keep(held, await received.read(), received.filename, user.email)
        flashes.add(f"{document.name} is stored.", "success")
    return redirect("/files/")
