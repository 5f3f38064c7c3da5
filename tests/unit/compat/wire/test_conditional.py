"""ETags of bodies, compared with Flask's own."""

from typing import Any

import pytest
from fastapi import FastAPI, HTTPException
from fastapi.responses import PlainTextResponse, StreamingResponse
from flask import Flask, make_response, request

from gateway.compat.wire.install import install
from tests.unit.compat.wire.asking import ask_flask, ask_v2

pytestmark = pytest.mark.anyio


def flask_page() -> Any:
    answer = make_response("hello")
    answer.mimetype = "text/plain"
    answer.add_etag()
    return answer.make_conditional(request)


def two_apps() -> tuple[Flask, FastAPI]:
    legacy, v2 = Flask("legacy"), FastAPI()
    legacy.add_url_rule("/r", "r", flask_page, methods=["GET", "POST"])
    install(v2, "files.conditional")
    v2.add_api_route("/r", lambda: PlainTextResponse("hello"), methods=["GET", "POST"])
    return legacy, v2


ETAG = '"aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"'


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "headers",
    [{}, {"If-None-Match": ETAG}, {"If-None-Match": f'W/{ETAG}, "x"'}, {"If-None-Match": '"x"'}, {"If-Match": '"x"'}],
    ids=str,
)
async def test_answers_are_the_same(method: str, headers: dict[str, str]) -> None:
    legacy, v2 = two_apps()
    ours, theirs = await ask_v2(v2, "/r", method, headers), ask_flask(legacy, "/r", method, headers)
    assert (ours.status, ours.text) == (theirs.status_code, theirs.text)
    names = set(theirs.headers.keys()) - {"Date"}
    assert {name: ours.header(name) for name in names} == {name: theirs.headers[name] for name in names}
    assert ours.header("date") is None


async def test_an_etag_of_the_authors_own_counts() -> None:
    app = FastAPI()
    install(app, "files.conditional")
    app.add_api_route("/r", lambda: PlainTextResponse("hello", headers={"ETag": '"v7"', "Date": "then"}))
    assert (await ask_v2(app, headers={"if-none-match": '"v7"'})).status == 304
    assert (await ask_v2(app)).header("etag") == '"v7"'


async def test_streams_and_errors_have_none() -> None:
    app = FastAPI()
    install(app, "files.conditional")

    @app.get("/r")
    def stream() -> Any:
        return StreamingResponse(iter(["a"]))

    @app.get("/no")
    def no() -> Any:
        raise HTTPException(404)

    @app.get("/own")
    def own() -> Any:
        return PlainTextResponse("no", 404)

    for path in ("/r", "/no", "/own"):
        asked = await ask_v2(app, path)
        assert (asked.header("etag"), asked.used) == (None, [])
