"""A body that two sides may be asked with."""

from __future__ import annotations

import pytest

from gateway.errors import ClientDisconnected
from gateway.proxy.body import EMPTY, read_body

pytestmark = pytest.mark.anyio


def receiving(*messages: dict):
    waiting = list(messages)

    async def receive() -> dict:
        return waiting.pop(0)

    return receive


def part(body: bytes, *, more: bool = False) -> dict:
    return {"type": "http.request", "body": body, "more_body": more}


async def drained(receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message["body"]
        more = message["more_body"]
    return body


async def test_body_within_the_limit_is_read_whole_and_can_be_given_twice() -> None:
    receive = receiving(part(b"ab", more=True), part(b"cd"), {"type": "http.disconnect"})
    body = await read_body(receive, 4)
    assert body.content == b"abcd"
    assert await drained(body.replay(receive)) == b"abcd"
    again = body.replay(receive)
    assert await drained(again) == b"abcd"
    assert (await again())["type"] == "http.disconnect"


async def test_longer_body_is_never_a_prefix_and_passes_through_whole() -> None:
    receive = receiving(part(b"ab", more=True), part(b"cd", more=True), part(b"ef"))
    body = await read_body(receive, 3)
    assert body.content is None
    assert await drained(body.replay(receive)) == b"abcdef"


async def test_client_that_leaves_in_the_middle_has_no_body() -> None:
    """Case 69."""
    with pytest.raises(ClientDisconnected):
        await read_body(receiving(part(b"ab", more=True), {"type": "http.disconnect"}), 10)


async def test_empty_body_is_one_message() -> None:
    assert await drained(EMPTY.replay(receiving())) == b""


async def test_end_of_a_request_is_replayed_once_when_the_server_tells_it_again() -> None:
    """Nobody has asked the server for a request without a body, so it still has that message."""
    replayed = EMPTY.replay(receiving(part(b""), {"type": "http.disconnect"}))
    assert await replayed() == part(b"")
    assert (await replayed())["type"] == "http.disconnect"


async def test_what_a_side_does_to_its_message_is_not_replayed_to_the_next() -> None:
    """Case 85."""
    body = await read_body(receiving(part(b"ab")), 10)
    (await body.replay(receiving())())["body"] = b"changed"
    assert await drained(body.replay(receiving())) == b"ab"
