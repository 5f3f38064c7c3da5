"""A body shared by FastAPI and legacy's code: read once, the same for both, and never empty in silence."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from fastapi import FastAPI, File, Form, Request, UploadFile
from flask import Flask, request

from gateway.compat.body import Withheld, withhold
from gateway.compat.legacy import bind
from gateway.compat.request import Legacy
from gateway.errors import CompatMisused
from tests.support.asgi import ask

pytestmark = pytest.mark.anyio

FORM = (b"a=1&a=2&b=%C3%A9&empty=", b"application/x-www-form-urlencoded")
PARTS = (
    b"\r\n".join(
        (
            b'--cut\r\nContent-Disposition: form-data; name="a"\r\n\r\n1',
            b'--cut\r\nContent-Disposition: form-data; name="f"; filename="n.txt"',
            b"Content-Type: text/x\r\n\r\ncontent\r\n--cut--\r\n",
        )
    ),
    b"multipart/form-data; boundary=cut",
)


def as_legacy_sees_it() -> dict[str, Any]:
    return {
        "form": {name: request.form.getlist(name) for name in request.form},
        "files": {name: [file.filename, file.mimetype, file.read().decode()] for name, file in request.files.items()},
    }


def an_app() -> FastAPI:
    app = FastAPI()
    bind(app, Flask("bodies"))

    @app.post("/declared")
    async def declared(
        legacy: Legacy,
        request: Request,
        a: Annotated[list[str], Form()],
        f: Annotated[UploadFile | None, File()] = None,
    ) -> Any:
        await legacy.hand_over_body(request)
        seen = await legacy.run(as_legacy_sees_it)
        if f is not None:
            await f.seek(0)
        return [seen, a, None if f is None else (await f.read()).decode()]

    @app.post("/raw")
    async def raw(legacy: Legacy, request: Request) -> Any:
        for _ in range(2):
            await legacy.hand_over_body(request)
        from flask import request as of_legacy  # noqa: PLC0415 - its proxy, beside v2's own

        return [await legacy.run(lambda: of_legacy.get_data(as_text=True)), (await request.body()).decode()]

    return app


async def post(path: str, body: bytes, content_type: bytes) -> Any:
    lines = [(b"host", b"staff.test"), (b"content-type", content_type)]
    return (await ask(an_app(), "POST", path, lines, body=[body])).body.decode()


async def test_fields_are_legacys_and_the_endpoints() -> None:
    assert await post("/declared", *FORM) == (
        '[{"form":{"a":["1","2"],"b":["\u00e9"],"empty":[""]},"files":{}},["1","2"],null]'
    )


async def test_files_are_legacys_and_the_endpoints() -> None:
    assert await post("/declared", *PARTS) == (
        '[{"form":{"a":["1"]},"files":{"f":["n.txt","text/x","content"]}},["1"],"content"]'
    )


async def test_any_other_body_is_handed_over_as_bytes() -> None:
    assert await post("/raw", b"abc", b"text/plain") == '["abc","abc"]'


@pytest.mark.parametrize("way", ["read", "readline", "readlines", "readall"])
def test_a_body_that_was_not_handed_over_cannot_be_read(way: str) -> None:
    with pytest.raises(CompatMisused, match="hand_over_body"):
        getattr(Withheld(), way)()


@pytest.mark.parametrize(
    ("environ", "withheld"),
    [
        ({}, False),
        ({"CONTENT_LENGTH": "0"}, False),
        ({"CONTENT_LENGTH": "3"}, True),
        ({"HTTP_TRANSFER_ENCODING": "chunked"}, True),
    ],
)
def test_only_a_request_with_a_body_has_one_withheld(environ: dict[str, Any], withheld: bool) -> None:
    withhold(environ)
    assert isinstance(environ["wsgi.input"], Withheld) is withheld
