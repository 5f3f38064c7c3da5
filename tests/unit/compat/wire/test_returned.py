"""What becomes of the values that endpoints return; and FastAPI's own features around it, which go on to work."""

from collections.abc import AsyncIterator, Iterator
from datetime import date
from typing import Any

import pytest
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from flask import Flask
from flask import Response as FlaskResponse
from pydantic import BaseModel

from gateway.compat.wire.install import install
from tests.unit.compat.wire.asking import ask_flask, ask_v2

pytestmark = pytest.mark.anyio
DAY = date(2025, 1, 5)
HTTP_DAY = "Sun, 05 Jan 2025 00:00:00 GMT"


def an_app(*switches: str, **options: Any) -> FastAPI:
    app = FastAPI(**options)
    install(app, *switches)
    return app


class Item(BaseModel):
    day: date
    note: str | None = None


async def test_a_response_model_filters_and_validates_as_ever() -> None:
    app = an_app("json")

    @app.get("/r", response_model=Item, response_model_exclude_unset=True)
    def page() -> Any:
        return {"day": "2025-01-05", "secret": 1}

    @app.get("/bad", response_model=Item)
    async def bad() -> Any:
        return {"day": "never"}

    assert (await ask_v2(app)).text == f'{{"day":"{HTTP_DAY}"}}\n'
    assert type((await ask_v2(app, "/bad")).raised).__name__ == "ResponseValidationError"
    assert "Item" in app.openapi()["components"]["schemas"]


async def test_what_is_set_on_an_injected_response_is_sent() -> None:
    app = an_app("json.http_dates")

    @app.get("/r", status_code=202)
    def page(response: Response) -> dict[str, date]:
        response.headers["X-A"] = "1"
        response.set_cookie("a", "1")
        return {"day": DAY}

    @app.get("/status")
    async def status(response: Response) -> dict[str, date]:
        response.status_code = 203
        return {"day": DAY}

    asked = await ask_v2(app)
    assert (asked.status, asked.header("x-a"), asked.header("set-cookie")) == (202, "1", "a=1; Path=/; SameSite=lax")
    assert asked.text == f'{{"day":"{HTTP_DAY}"}}'
    assert (await ask_v2(app, "/status")).status == 203


async def test_background_tasks_and_dependencies_run() -> None:
    app, ran = an_app("json"), []

    def dependency() -> Iterator[int]:
        yield 5
        ran.append("after")

    @app.get("/r")
    def page(tasks: BackgroundTasks, value: int = Depends(dependency), *, n: int = 1) -> dict[str, int]:
        tasks.add_task(ran.append, "task")
        return {"value": value, "n": n}

    assert (await ask_v2(app, "/r?n=3")).text == '{"n":3,"value":5}\n'
    assert sorted(ran) == ["after", "task"]


async def test_a_response_of_its_own_is_never_touched() -> None:
    app = an_app("json", "responses")
    app.add_api_route("/r", lambda: JSONResponse({"b": "ü", "a": 1}))
    app.add_api_route("/text", lambda: "hello", response_class=PlainTextResponse)
    assert (await ask_v2(app)).text == '{"b":"ü","a":1}'
    asked = await ask_v2(app, "/text")
    assert (asked.text, asked.header("content-type")) == ("hello", "text/plain; charset=utf-8")


async def test_the_applications_own_json_class_writes_what_is_left_to_it() -> None:
    class Shouting(JSONResponse):
        def render(self, content: Any) -> bytes:
            return super().render(content).upper()

    app = an_app("json.http_dates", default_response_class=Shouting)
    app.add_api_route("/r", lambda: {"day": DAY})
    assert (await ask_v2(app)).text == f'{{"day":"{HTTP_DAY}"}}'.upper()


@pytest.mark.parametrize(
    ("value", "status", "kind", "body"),
    [
        (("hello", 201), 201, "text/html; charset=utf-8", "hello"),
        (({"a": 1}, 201, {"X-A": "1"}), 201, "application/json", '{"a":1}'),
        (({"a": 1}, {"Content-Type": "text/csv"}), 200, "text/csv", '{"a":1}'),
        ((JSONResponse({"a": 1}), 418), 418, "application/json", '{"a":1}'),
        (("", 204), 204, "text/html; charset=utf-8", ""),
    ],
    ids=["text", "object-and-headers", "object-and-headers-without-status", "response", "nothing"],
)
async def test_tuples(value: Any, status: int, kind: str, body: str) -> None:
    app = an_app("responses")
    app.add_api_route("/r", lambda: value)
    asked = await ask_v2(app)
    assert (asked.status, asked.header("content-type"), asked.text) == (status, kind, body)
    assert "responses.tuples" in asked.used


async def test_304_has_no_headers_of_a_body() -> None:
    app, legacy = an_app("responses"), Flask("legacy")
    value = ("", 304, {"ETag": '"1"', "Content-Language": "fr"})
    app.add_api_route("/r", lambda: value)
    legacy.add_url_rule("/r", view_func=lambda: value)
    ours, theirs = await ask_v2(app), ask_flask(legacy)
    names = {name.decode() for name, _ in ours.answer.headers}
    assert (ours.status, names) == (304, {"etag"})
    assert names == {name.lower() for name, _ in theirs.headers} - {"date"}


@pytest.mark.parametrize(
    "value", ["text", ("text", 201), iter(["text"]), ("", 204)], ids=["text", "tuple", "stream", "204"]
)
async def test_a_page_is_of_the_type_that_the_applications_responses_have(value: Any) -> None:
    app, legacy = an_app("responses"), Flask("legacy")
    legacy.response_class = type("Plain", (FlaskResponse,), {"default_mimetype": "text/plain"})
    app.add_api_route("/r", lambda: value, response_model=None)
    assert (await ask_v2(app, legacy=legacy)).header("content-type") == "text/plain; charset=utf-8"


async def test_a_tuple_is_a_list_where_that_switch_is_off() -> None:
    app = an_app("json.text_form")
    app.add_api_route("/r", lambda: ({"a": 1}, 201))
    assert (await ask_v2(app)).text == '[{"a":1},201]\n'


async def test_generators_are_streamed_also_asynchronous_ones_and_generator_functions() -> None:
    app = an_app("responses.streams")

    @app.get("/r")
    def plain() -> Iterator[str]:
        yield "a"
        yield "ü"

    @app.get("/async")
    async def asynchronous() -> AsyncIterator[str]:
        yield "b"

    asked = await ask_v2(app)
    assert (asked.text, asked.header("content-type"), asked.header("content-length")) == (
        "aü",
        "text/html; charset=utf-8",
        None,
    )
    assert (await ask_v2(app, "/async")).text == "b"


async def test_a_generator_function_stays_fastapis_where_nothing_is_streamed() -> None:
    app, plain = an_app("json", "responses.text"), FastAPI()

    def lines() -> Iterator[dict[str, int]]:
        yield {"b": 1}

    app.get("/r")(lines)
    plain.get("/r")(lines)
    assert (await ask_v2(app)).text == (await ask_v2(plain)).text


async def test_an_error_of_the_endpoint_is_an_error() -> None:
    app = an_app("json", "responses")

    @app.get("/r")
    def page() -> None:
        raise HTTPException(403, "no")

    assert ((await ask_v2(app)).status, (await ask_v2(app)).text) == (403, '{"detail":"no"}')
