"""Files, as people get them: uploads by their number, and what lies in the folders of the site."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID
from zlib import adler32

from fastapi import APIRouter, HTTPException, Request, Response
from starlette.responses import FileResponse
from werkzeug.security import safe_join

from gateway.compat.wire.choice import kept
from v2.files import store
from v2.files.sending import send
from v2.kept import PEOPLE
from v2.resources import Held
from v2.wire import Args

router = APIRouter(route_class=PEOPLE)

DAY = 86_400
# They stay where they are until the legacy application goes: an ETag of Werkzeug's has the path in it.
SITE = Path(__file__).resolve().parents[2] / "legacy"


@router.get("/files/{number}")
async def download(number: UUID, args: Args, request: Request, held: Held) -> Response:
    """An upload. Its ETag is its content's, so that a copy stays good for ever; it is asked for each time."""
    document = await store.find(held, number)
    if document is None:
        raise HTTPException(404, f"There is no file {number}.")
    kind = "attachment" if args.text("inline") is None else "inline"
    return send(
        request,
        store.path_of(held, number),
        disposition=f"{kind}; filename={document.name}",
        media_type=document.content_type,
        etag=document.sha256,
        modified=document.uploaded_at,
        max_age=0,
    )


@router.get("/downloads/{name:path}")
@kept("files.send_file")
async def public(name: str) -> FileResponse:
    """What the company gives to everybody."""
    path = _within("downloads", name)
    return FileResponse(path, filename=path.name)


@router.get("/static/{name:path}")
@kept("files.send_file")
async def static(name: str) -> FileResponse:
    """Styles and pictures."""
    return FileResponse(_within("static", name))


@router.get("/favicon.ico")
def favicon(request: Request) -> Response:
    """The picture in the browser's tab, good for a day."""
    path = SITE / "static" / "favicon.svg"
    found = path.stat()
    return send(
        request,
        path,
        disposition="inline; filename=favicon.svg",
        media_type="image/svg+xml; charset=utf-8",
        etag=f"{found.st_mtime}-{found.st_size}-{adler32(str(path).encode())}",
        modified=datetime.fromtimestamp(found.st_mtime, UTC),
        max_age=DAY,
    )


def _within(folder: str, name: str) -> Path:
    """The path of a file below a folder of the site. Raises HTTPException(404)."""
    path = safe_join(str(SITE / folder), name)
    if path is None or not Path(path).is_file():
        raise HTTPException(404)
    return Path(path)
