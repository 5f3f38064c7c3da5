"""What an endpoint reads, with switches: parameters, and the request itself."""

from typing import Annotated, Any

import pytest
from fastapi import Cookie, FastAPI, File, Form, Query, Request, UploadFile
from pydantic import BaseModel

from gateway.compat.wire.install import install
from tests.unit.compat.wire.asking import ask_v2

pytestmark = pytest.mark.anyio
FORM = {"content-type": "application/x-www-form-urlencoded"}
MULTIPART = {"content-type": "multipart/form-data; boundary=b"}


def an_app(*switches: str) -> FastAPI:
    app = FastAPI()
    install(app, *switches)
    return app


async def test_a_parameter_model_and_the_request_itself_read_the_same() -> None:
    class Filters(BaseModel):
        page: int = 1
        tags: list[int] = []

    app = an_app("params")

    @app.get("/r")
    def page(filters: Annotated[Filters, Query()], request: Request) -> Any:
        return [filters, request.query_params.get("page")]

    assert (await ask_v2(app, "/r?page=2&page=3&tags=1&tags=x")).text == '[{"page":2,"tags":[1]},"2"]'
    assert (await ask_v2(app, "/r?page=x")).text == '[{"page":1,"tags":[]},null]'


async def test_a_required_parameter_that_cannot_be_read_is_missing() -> None:
    app = an_app("params.lax_query")

    @app.get("/r")
    def page(n: int) -> int:
        return n

    asked = await ask_v2(app, "/r?n=x")
    assert (asked.status, '"missing"' in asked.text) == (422, True)


async def test_the_query_is_counted_once_however_often_it_is_read() -> None:
    app = an_app("params")

    @app.get("/r")
    def page(request: Request, n: int = 0) -> int:
        return n + len(request.query_params) + len(request.query_params)

    assert (await ask_v2(app, "/r?n=1&n=2")).used == ["params.first_value"]


async def test_cookies_are_counted_only_where_the_frameworks_differ() -> None:
    app = an_app("params.cookies")

    @app.get("/r")
    def page(x: Annotated[str | None, Cookie()] = None) -> str | None:
        return x

    assert (await ask_v2(app, headers={"cookie": "x=1; y=2"})).used == []
    asked = await ask_v2(app, headers={"cookie": "x=1; x=2"})
    assert (asked.text, asked.used) == ('"1"', ["params.cookies"])


async def test_a_form_of_every_kind() -> None:
    app = an_app("params")

    @app.post("/r")
    async def page(
        request: Request,
        a: Annotated[str, Form()],
        n: Annotated[int, Form()] = 7,
        yes: Annotated[bool, Form()] = False,
    ) -> Any:
        async with request.form() as form:
            return [a, n, yes, form.getlist("a")]

    async def posted(body: bytes) -> str:
        return (await ask_v2(app, "/r", "POST", FORM, body=body)).text

    assert await posted(b"a=&n=&yes=no") == '["",7,true,[""]]'
    assert await posted(b"a=1&a=2&n=x") == '["1",7,false,["1","2"]]'
    assert '"missing"' in await posted(b"n=1")


def multipart(*parts: tuple[bytes, bytes]) -> bytes:
    return b"".join(b"--b\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % part for part in parts) + b"--b--\r\n"


async def test_limits_of_a_multipart_form() -> None:
    app = an_app("params.form_limits")

    @app.post("/r")
    def page(a: Annotated[str, Form()] = "") -> int:
        return len(a)

    async def posted(body: bytes, headers: dict[str, str]) -> int:
        return (await ask_v2(app, "/r", "POST", headers, body=body)).status

    assert await posted(multipart((b'name="a"', b"x" * 500_000)), MULTIPART) == 200
    assert await posted(multipart((b'name="a"', b"x" * 500_001)), MULTIPART) == 413
    assert await posted(multipart(*[(b'name="a"', b"x")] * 1000), MULTIPART) == 200
    mixed = [(b'name="a"', b"x")] * 600 + [(b'name="f"; filename="f"', b"x")] * 401
    assert await posted(multipart(*mixed), MULTIPART) == 413
    assert await posted(b"a=" + b"x" * 1_100_000, FORM) == 200
    assert await posted(b"no parts at all", {"content-type": "multipart/form-data"}) == 400


async def test_an_empty_file_reaches_the_endpoint_and_is_closed_after_it() -> None:
    app, seen = an_app("params.empty_file"), []

    @app.post("/r")
    async def page(a: Annotated[UploadFile, File()]) -> Any:
        seen.append(a)
        return [a.filename, (await a.read()).decode()]

    body = multipart((b'name="a"; filename=""', b""))
    assert (await ask_v2(app, "/r", "POST", MULTIPART, body=body)).text == '["",""]'
    assert seen[0].file.closed


async def test_a_body_of_other_types() -> None:
    class Item(BaseModel):
        name: str
        n: int = 0

    app = an_app("params.lax_types")

    @app.post("/r")
    def page(item: Item) -> Any:
        return [item.name, item.n]

    json = {"content-type": "application/json"}
    asked = await ask_v2(app, "/r", "POST", json, body=b'{"name": 5, "n": 1.5}')
    assert (asked.text, asked.used) == ("[5,1]", ["params.lax_types"])
    asked = await ask_v2(app, "/r", "POST", json, body=b'{"name": "a"}')
    assert (asked.text, asked.used) == ('["a",0]', [])
    assert (await ask_v2(app, "/r", "POST", json, body=b'{"n": 1.5}')).status == 422
