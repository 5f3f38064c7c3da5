"""An answer on its way to the client."""

from __future__ import annotations

import pytest

from gateway.proxy.deadline import Deadline
from gateway.proxy.relay import Relay

pytestmark = pytest.mark.anyio


class Wire(list):
    async def __call__(self, message) -> None:
        self.append(message)


def start(status: int) -> dict:
    return {"type": "http.response.start", "status": status, "headers": [(b"a", b"1")]}


def body(content: bytes = b"x", *, more: bool = False) -> dict:
    return {"type": "http.response.body", "body": content, "more_body": more}


async def test_messages_pass_as_they_are() -> None:
    wire = Wire()
    relay = Relay(wire)
    messages = [start(200), body(more=True), body()]
    for message in messages:
        await relay(message)
    assert all(passed is sent for passed, sent in zip(wire, messages, strict=True))
    assert (relay.status, relay.started, relay.completed) == (200, True, True)


async def test_extra_headers_leave_the_sides_message_alone() -> None:
    wire = Wire()
    relay = Relay(wire)
    relay.extra = lambda: [(b"x", b"y")]
    message = start(200)
    await relay(message)
    assert wire[0]["headers"] == [(b"a", b"1"), (b"x", b"y")]
    assert message["headers"] == [(b"a", b"1")]


async def test_held_error_is_released_or_forgotten() -> None:
    wire = Wire()
    relay = Relay(wire)
    relay.hold_errors = True
    await relay(start(500))
    await relay(body(b"sorry"))
    assert relay.held_status == 500
    assert not relay.started
    assert wire == []
    relay.discard()
    await relay(start(200))
    assert [message["status"] for message in wire] == [200]


async def test_release_sends_what_was_held() -> None:
    wire = Wire()
    relay = Relay(wire)
    relay.hold_errors = True
    await relay(start(500))
    await relay(body(b"sorry"))
    await relay.release()
    assert [message["type"] for message in wire] == ["http.response.start", "http.response.body"]
    assert relay.completed


async def test_an_error_too_large_to_hold_passes() -> None:
    wire = Wire()
    relay = Relay(wire)
    relay.hold_errors = True
    await relay(start(500))
    await relay(body(b"x" * 70_000, more=True))
    await relay(body())
    assert len(wire) == 3
    assert not relay.held_status


async def test_first_message_disarms_the_deadline_but_a_held_one_does_not() -> None:
    with Deadline(60) as deadline:
        relay = Relay(Wire())
        relay.until_started(deadline)
        relay.hold_errors = True
        await relay(start(500))
        assert deadline._handle is not None
        await relay.release()
        assert deadline._handle is None
