"""Documents: their rows in the database, and their content in the folder that both applications share."""

from __future__ import annotations

import hashlib
import mimetypes
import uuid
from pathlib import Path
from typing import Any, Self

from fastapi.concurrency import run_in_threadpool
from sqlalchemy import RowMapping, delete, insert, select
from werkzeug.utils import secure_filename

from legacy.tables import documents
from v2.clock import utcnow
from v2.resources import Resources
from v2.wire import HttpDate, Model

NAMESPACE = uuid.UUID("5b8f6d0a-6a35-4b6c-9c3f-2f7f0a1c2019")
ALLOWED_SUFFIXES = {".csv", ".jpeg", ".jpg", ".json", ".md", ".pdf", ".png", ".txt"}


class Document(Model):
    id: uuid.UUID
    name: str
    content_type: str
    size: int
    sha256: str
    uploaded_by: str
    uploaded_at: HttpDate
    url: str

    @classmethod
    def of(cls, row: RowMapping | dict[str, Any]) -> Self:
        """From a row of `documents`."""
        return cls.model_validate({**row, "url": f"/files/{row['id']}"})


def is_allowed(name: str) -> bool:
    """Whether files with such a name are taken."""
    return Path(name).suffix.lower() in ALLOWED_SUFFIXES


def path_of(held: Resources, number: uuid.UUID) -> Path:
    """Where the content of a document is."""
    return held.settings.upload_folder.resolve() / str(number)


async def find(held: Resources, number: uuid.UUID) -> Document | None:
    """The document of that number."""
    row = await held.database.first(select(documents).where(documents.c.id == number))
    return None if row is None else Document.of(row)


async def keep(held: Resources, content: bytes, name: str, uploaded_by: str) -> Document:
    """Store a file. The same name and content again is the same document."""
    name = secure_filename(name) or "unnamed"
    digest = hashlib.sha256(content).hexdigest()
    number = uuid.uuid5(NAMESPACE, f"{name}\n{digest}")
    await run_in_threadpool(_write, path_of(held, number), content)
    known = await find(held, number)
    if known is not None:
        return known
    row: dict[str, Any] = {
        "id": number,
        "name": name,
        "size": len(content),
        "sha256": digest,
        "content_type": mimetypes.guess_type(name)[0] or "application/octet-stream",
        "uploaded_by": uploaded_by,
        "uploaded_at": utcnow(),
    }
    await held.database.execute(insert(documents).values(row))
    return Document.of(row)


async def forget(held: Resources, number: uuid.UUID) -> bool:
    """Delete a document. False where there is none."""
    if not await held.database.execute(delete(documents).where(documents.c.id == number)):
        return False
    await run_in_threadpool(path_of(held, number).unlink, missing_ok=True)
    return True


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: a reader never sees a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{uuid.uuid4().hex}.part")
    partial.write_bytes(content)
    partial.replace(path)
