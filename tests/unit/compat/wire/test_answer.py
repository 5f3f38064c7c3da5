"""Everything that happens to an answer, in order."""

import pytest
from fastapi import Request
from fastapi.responses import PlainTextResponse, RedirectResponse

from gateway.compat.wire.answer import ANSWERED, completed
from gateway.compat.wire.switches import SWITCHES
from tests.support.asgi import a_scope

pytestmark = pytest.mark.anyio


async def test_without_switches_an_answer_is_left_alone() -> None:
    answer = RedirectResponse("/x")
    before = list(answer.raw_headers)
    assert await completed(answer, Request(a_scope()), frozenset()) is answer
    assert answer.raw_headers == before


async def test_with_every_switch_each_does_its_part() -> None:
    answer = PlainTextResponse("hello")
    answer.set_cookie("a", "1")
    made = await completed(answer, Request(a_scope()), ANSWERED)
    assert made.headers["set-cookie"] == "a=1; Path=/"
    assert "etag" in made.headers
    assert set(SWITCHES) > ANSWERED


async def test_a_redirects_cookies_are_rewritten_too() -> None:
    answer = RedirectResponse("/x")
    answer.set_cookie("a", "1")
    made = await completed(answer, Request(a_scope()), ANSWERED)
    assert (made.status_code, made.headers["set-cookie"]) == (302, "a=1; Path=/")
