"""Files, as programs send and ask for them."""

from __future__ import annotations

import hashlib
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request, Response
from starlette.datastructures import UploadFile

from gateway.compat.wire.choice import kept
from v2.access import NeedsApiKey
from v2.body import read_form
from v2.files import store
from v2.files.store import Document
from v2.kept import PROGRAMS
from v2.resources import Held
from v2.wire import Model

router = APIRouter(prefix="/api/files", route_class=PROGRAMS)


class Checksum(Model):
    size: int
    sha256: str


@router.post("", status_code=201, dependencies=[NeedsApiKey])
@kept("params.form_limits")
async def upload(request: Request, held: Held, response: Response) -> Document:
    """Store a file."""
    form = await read_form(request)
    received, name = form.get("file"), form.get("name")
    if isinstance(received, str) or received is None or not received.filename:
        raise HTTPException(400, "Send a file in the multipart field 'file'.")
    if not store.is_allowed(received.filename):
        raise HTTPException(415, f"Allowed are {', '.join(sorted(store.ALLOWED_SUFFIXES))}.")
    document = await store.keep(held, await received.read(), _text(name) or received.filename, "api-key")
    response.headers["Location"] = f"/api/files/{document.id}"
    return document


@router.post("/checksum")
async def checksum(request: Request) -> Checksum:
    """Compute the SHA-256 of a body, which is read as a stream and may be of any length."""
    digest, size = hashlib.sha256(), 0
    async for chunk in request.stream():
        digest.update(chunk)
        size += len(chunk)
    return Checksum(size=size, sha256=digest.hexdigest())


@router.get("/{number}")
async def show(number: UUID, held: Held) -> Document:
    """Describe a file."""
    document = await store.find(held, number)
    if document is None:
        raise HTTPException(404, f"There is no file {number}.")
    return document


@router.delete("/{number}", status_code=204, dependencies=[NeedsApiKey])
async def remove(number: UUID, held: Held) -> None:
    """Remove a file."""
    if not await store.forget(held, number):
        raise HTTPException(404, f"There is no file {number}.")


def _text(value: UploadFile | str | None) -> str:
    return value if isinstance(value, str) else ""
