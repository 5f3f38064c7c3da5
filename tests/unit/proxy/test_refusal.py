"""The answers that the gateway gives itself."""

from __future__ import annotations

import pytest

from gateway.proxy.refusal import redirect, refuse

pytestmark = pytest.mark.anyio


class Wire(list):
    async def __call__(self, message) -> None:
        self.append(message)


async def test_refusal_is_a_complete_answer_and_closes_the_connection() -> None:
    wire = Wire()
    await refuse(wire, 400)
    assert wire[0]["status"] == 400
    assert (b"connection", b"close") in wire[0]["headers"]
    assert wire[1] == {"type": "http.response.body", "body": b"Bad Request", "more_body": False}


async def test_a_side_that_is_down_costs_the_client_no_connection() -> None:
    wire = Wire()
    await refuse(wire, 503, retry_after=7)
    assert (b"retry-after", b"7") in wire[0]["headers"]
    assert all(name != b"connection" for name, _ in wire[0]["headers"])


async def test_redirect_stays_on_the_origin_and_keeps_the_query() -> None:
    wire = Wire()
    await redirect(wire, b"/a/b", b"x=%2F")
    assert (b"location", b"/a/b?x=%2F") in wire[0]["headers"]
    await redirect(wire, b"/a/b", b"")
    assert (b"location", b"/a/b") in wire[2]["headers"]
