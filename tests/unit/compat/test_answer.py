"""An answer of Flask's, sent by Starlette: nothing of it is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask, Response, redirect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from gateway.compat.answer import LegacyAnswer, answer_to, send_legacy_answer
from tests.support.asgi import Answer, ask

pytestmark = pytest.mark.anyio

APP = Flask("answers")


async def sent(response: object) -> Answer:
    """By way of the exception, as dependencies use it."""
    with APP.test_request_context("/here/", base_url="http://staff.test"):
        made = APP.make_response(response)  # type: ignore[arg-type]  # each kind is tried
        from flask import request  # noqa: PLC0415 - within the context

        environ = request.environ

    async def endpoint(request: Request) -> None:
        raise LegacyAnswer(made, environ)

    app = Starlette(routes=[Route("/", endpoint)], exception_handlers={LegacyAnswer: send_legacy_answer})
    return await ask(app)


async def test_status_header_lines_and_body_are_legacys() -> None:
    response = Response("caf\u00e9", 418, {"X-A": "\u00e9"})
    response.headers.add("Set-Cookie", "a=1")
    response.headers.add("Set-Cookie", "b=2")
    answer = await sent(response)
    assert (answer.status, answer.body) == (418, "caf\u00e9".encode())
    assert answer.headers == [
        (b"x-a", b"\xe9"),
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", b"5"),
        (b"set-cookie", b"a=1"),
        (b"set-cookie", b"b=2"),
    ]


@pytest.mark.parametrize(("status", "body"), [(204, b""), (304, b"")])
async def test_an_answer_without_a_body_has_none(status: int, body: bytes) -> None:
    answer = await sent(("ignored", status))
    assert (answer.status, answer.body, answer.header(b"content-length")) == (status, body, None)


async def test_a_redirect_is_what_flask_sends() -> None:
    answer = await sent(redirect("/\u00e9?x=1"))
    assert (answer.status, answer.header(b"location")) == (302, b"/%C3%A9?x=1")


async def test_a_stream_stays_one_and_is_closed() -> None:
    closed: list[bool] = []

    def chunks() -> Iterator[bytes]:
        try:
            yield b"a"
            yield b"b"
        finally:
            closed.append(True)

    response = Response(chunks())
    response.call_on_close(lambda: closed.append(True))
    answer = await sent(response)
    assert [message.get("body") for message in answer.messages[1:3]] == [b"a", b"b"]
    assert closed == [True, True]


def test_an_exception_that_legacy_knows_nothing_to_answer_to_is_raised() -> None:
    def handled() -> None:
        try:
            {}["unknown"]
        except KeyError as error:
            answer_to(APP, error)

    with APP.test_request_context("/"), pytest.raises(KeyError, match="unknown"):
        handled()
