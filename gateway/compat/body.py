"""The request's body, for legacy's code: a form as parsed once, anything else as bytes.

FastAPI reads the body itself where an endpoint declares one. What it has read is shared, never read twice: a form's
fields and files become Werkzeug's, and the endpoint goes on to find them where it looks.
"""

from __future__ import annotations

from io import BytesIO, RawIOBase
from typing import TYPE_CHECKING, Any, NoReturn
from wsgiref.types import WSGIEnvironment

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from gateway.errors import CompatMisused

if TYPE_CHECKING:
    from flask import Request as FlaskRequest

_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
_INPUT = "wsgi.input"


class Withheld(RawIOBase):
    """A body that legacy's code was not given. An empty one would be a lie that a form's check believes."""

    def readable(self) -> bool:
        """It looks like any other stream until it is read."""
        return True

    def read(self, size: int = -1, /) -> NoReturn:  # noqa: ARG002 - the stream's own signature
        """Raise CompatMisused."""
        raise CompatMisused(
            "legacy's code reads the request's body, which it was not given; ask for it: legacy_context(body=True), "
            "hooks(..., reads_body=True), or `await legacy.hand_over_body(request)`"
        )

    readinto = readall = readline = readlines = read  # type: ignore[assignment]  # whichever is tried first


def is_form(request: Request) -> bool:
    """Whether the body is a form, by its Content-Type."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() in _FORMS


def withhold(environ: WSGIEnvironment) -> None:
    """Begin without the body: most of legacy's code never looks at it."""
    has_body = environ.get("CONTENT_LENGTH", "0") != "0" or "HTTP_TRANSFER_ENCODING" in environ
    environ[_INPUT] = Withheld() if has_body else BytesIO()


async def hand_over(request: Request, flask_request: FlaskRequest) -> None:
    """Give legacy's request the body of v2's; more than once does no harm. Reads it whole, a form's files spooled.

    Raises what Starlette raises for a form that cannot be parsed: HTTPException 400.
    """
    if not isinstance(flask_request.environ.get(_INPUT), Withheld):
        return
    if is_form(request):
        # Kept by Starlette: an endpoint that asks afterwards gets the same form.
        _fill(flask_request, await request.form())
        flask_request.environ[_INPUT] = BytesIO()
    else:
        flask_request.environ[_INPUT] = BytesIO(await request.body())


def _fill(flask_request: FlaskRequest, form: FormData) -> None:
    """Put the form where Werkzeug keeps one that it has parsed."""
    from werkzeug.datastructures import FileStorage, ImmutableMultiDict  # noqa: PLC0415 - with Flask only

    fields: list[tuple[str, str]] = []
    files: list[tuple[str, FileStorage]] = []
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            headers: Any = value.headers.items()
            files.append((name, FileStorage(value.file, value.filename, name, headers=_headers(headers))))
        else:
            fields.append((name, value))
    parsed = {"form": ImmutableMultiDict(fields), "files": ImmutableMultiDict(files), "stream": BytesIO()}
    vars(flask_request).update(parsed)


def _headers(items: Any) -> Any:
    from werkzeug.datastructures import Headers  # noqa: PLC0415 - with Flask only

    return Headers(list(items))
