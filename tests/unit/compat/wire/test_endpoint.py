"""An endpoint behind an answer of ours: the same to FastAPI, and to who looks at it."""

import inspect
from typing import Annotated

import pytest
from fastapi import FastAPI, Query, Request

from gateway.compat.wire.endpoint import answering, original, yields
from tests.unit.compat.wire.asking import ask_v2


def page(n: "int", *, word: Annotated[str, Query(max_length=3)] = "a", **more: str) -> dict[str, object]:
    """Show a page."""
    return {"n": n, "word": word}


def test_it_looks_like_the_endpoint() -> None:
    wrapped = answering(page, lambda value, call: value)
    assert (wrapped.__name__, wrapped.__doc__, inspect.unwrap(wrapped)) == ("page", "Show a page.", page)
    parameters = inspect.signature(wrapped).parameters
    assert list(parameters) == ["n", "word", "flask_wire_call", "more"]
    assert parameters["n"].annotation is int


def test_a_generator_function_is_not_looked_behind() -> None:
    def lines():
        yield "a"

    async def more():
        yield "a"

    assert yields(lines)
    assert yields(more)
    assert not yields(page)
    assert inspect.unwrap(answering(lines, lambda value, call: value)) is not lines


def test_the_written_endpoint_is_found_again() -> None:
    wrapped = answering(page, lambda value, call: value)
    assert original(wrapped) is original(page) is page


@pytest.mark.anyio
@pytest.mark.parametrize("asynchronous", [True, False])
async def test_the_answer_gets_the_value_and_the_call(asynchronous: bool) -> None:
    seen = []

    async def coroutine(n: int, request: Request) -> int:
        return n

    def plain(n: int, request: Request) -> int:
        return n

    def answer(value, call):
        seen.append((value, call.request.url.path, call.injected.status_code))
        return value + 1

    app = FastAPI()
    app.add_api_route("/r", answering(coroutine if asynchronous else plain, answer))
    assert (await ask_v2(app, "/r?n=5")).text == "6"
    assert seen == [(5, "/r", None)]
    assert "flask_wire_call" not in str(app.openapi())
