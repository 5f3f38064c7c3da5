"""What every backend keeps: FastAPI in process on its own thread or inline, a remote server, Flask by the bridge."""

from __future__ import annotations

import asyncio
import contextlib
import time

import pytest

pytestmark = pytest.mark.anyio

WINDOW = 4 * 1024 * 1024
"""Bytes that a producer may be ahead of a client that reads nothing: sockets' buffers included."""


async def in_a_thread(event, seconds=30.0):
    return await asyncio.to_thread(event.wait, seconds)


async def test_status_and_headers_keep_their_order_and_repeats(hosted, client):
    call = await client("/headers").ask(hosted.backend)
    assert call.status == 201
    assert call.answered == [
        (b"x-b", b"1"),
        (b"set-cookie", b"a=1"),
        (b"x-a", b"2"),
        (b"set-cookie", b"b=2"),
        (b"content-length", b"2"),
    ]
    assert call.body == b"ok"
    assert call.complete


async def test_an_empty_answer_is_an_answer(hosted, client):
    call = await client("/empty").ask(hosted.backend)
    assert (call.status, call.body, call.complete) == (200, b"", True)
    assert (b"content-length", b"0") in call.answered


async def test_no_content_has_no_length(hosted, client):
    call = await client("/no-content").ask(hosted.backend)
    assert (call.status, call.body, call.complete) == (204, b"", True)
    assert call.answered == [(b"x-a", b"1")]


async def test_head_keeps_the_length_of_the_get(hosted, client):
    call = await client("/hello", method="HEAD").ask(hosted.backend)
    assert call.status == 200
    assert (b"content-length", b"5") in call.answered
    assert call.complete
    # The server below drops a body that an application sends for HEAD.
    assert call.body in {b"", b"hello"}


async def test_the_query_arrives_byte_for_byte(hosted, client):
    call = await client("/target", query=b"a=%ff&b=1+2&&c='%zz").ask(hosted.backend)
    assert call.body == b"/target?a=%ff&b=1+2&&c='%zz"


async def test_an_upload_in_chunks_arrives_whole(hosted, client):
    chunks = [bytes([number]) * 65536 for number in range(80)]
    whole = b"".join(chunks)
    call = await client("/echo", method="POST", chunks=chunks).ask(hosted.backend)
    assert call.body == whole


async def test_an_upload_of_unknown_length_arrives_whole(hosted, client):
    call = client("/echo", method="POST", headers=[(b"transfer-encoding", b"chunked")])
    parts = [b"one", b"two", b"three"]

    async def receive():
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)} if parts else await never()

    call.receive = receive
    await call.ask(hosted.backend)
    assert call.body == b"onetwothree"


async def test_a_large_answer_arrives_whole(hosted, client):
    call = await client("/large").ask(hosted.backend)
    assert call.body == bytes(range(256)) * 4096 * 5
    assert call.complete


async def test_a_stream_is_passed_on_as_it_comes(hosted, client):
    first = asyncio.Event()
    call = client("/stream", on_message=lambda message: first.set() if message.get("body") else None)
    task = asyncio.create_task(call.ask(hosted.backend))
    async with asyncio.timeout(5):
        await first.wait()
    assert call.body == b"one"
    assert not task.done()
    hosted.probe.go_on.set()
    await task
    assert call.body == b"onetwo"
    assert call.complete


async def test_an_error_before_the_answer_is_never_taken_for_an_answer(hosted, client):
    call = client("/crash")
    try:
        await call.ask(hosted.backend)
    except LookupError:
        assert call.sent == []
    else:
        assert hosted.kind == "upstream", "only a remote server has its own 500"
        assert call.status == 500


async def test_an_error_in_the_middle_leaves_the_answer_incomplete(hosted, client):
    def go_on(message):
        if message.get("body"):
            hosted.probe.go_on.set()

    call = client("/crash-later", on_message=go_on)
    with pytest.raises(Exception, match=r"in the middle|broke off"):
        await call.ask(hosted.backend)
    assert call.body == b"one"
    assert not call.complete


async def test_a_client_that_does_not_read_stops_the_producer(hosted, client):
    blocked = asyncio.Event()

    async def stall(message):
        if message.get("body"):
            await blocked.wait()

    call = client("/endless", on_message=stall)
    task = asyncio.create_task(call.ask(hosted.backend))
    assert await in_a_thread(hosted.probe.asked)
    produced = -1
    while produced != hosted.probe.produced:
        produced = hosted.probe.produced
        await asyncio.sleep(0.2)
    # A remote's bytes wait in sockets too; their size is the system's to choose.
    assert produced <= (16 * WINDOW if hosted.kind == "upstream" else WINDOW)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert await in_a_thread(hosted.probe.ended)


async def test_a_client_that_leaves_ends_an_endless_answer(hosted, client):
    call = client("/endless")
    task = asyncio.create_task(call.ask(hosted.backend))
    assert await in_a_thread(hosted.probe.asked)
    call.leave.set()
    assert await in_a_thread(hosted.probe.ended)
    async with asyncio.timeout(5):
        await asyncio.wait({task})
    assert not call.complete


async def test_cancelling_returns_at_once_and_reaches_the_application(hosted, client):
    """Case 77; a thread of Flask cannot be stopped, so there only the caller is free at once (trap 6)."""
    task = asyncio.create_task(client("/hang").ask(hosted.backend))
    assert await in_a_thread(hosted.probe.asked)
    start = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - start < 5
    if hosted.kind == "bridge":
        hosted.probe.go_on.set()
    assert await in_a_thread(hosted.probe.ended)


async def test_a_hundred_requests_at_once_do_not_mix(hosted, client):
    """Case 97."""

    async def one(number: int) -> None:
        body = b"body-%d" % number * 10
        call = client("/id", method="POST", headers=[(b"x-number", b"%d" % number)], chunks=[body])
        await call.ask(hosted.backend)
        assert call.body == b"%d:%s" % (number, body)

    await asyncio.gather(*[one(number) for number in range(100)])


async def test_what_the_application_sets_in_its_context_stays_there(hosted, client):
    """Case 95."""
    for _ in range(3):
        call = await client("/context").ask(hosted.backend)
        assert call.body == b"clean"


async def never():
    await asyncio.get_running_loop().create_future()
