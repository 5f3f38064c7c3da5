"""The door at which an answer's head is changed: every message passes, in order, once."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.compat.passage import PASSAGE, Leaving, Passage, passage_of, without_body

pytestmark = pytest.mark.anyio

START = {"type": "http.response.start", "status": 200, "headers": [(b"a", b"1")], "trailers": False}
BODY = [
    {"type": "http.response.body", "body": b"one", "more_body": True},
    {"type": "http.response.body", "body": b"two", "more_body": False},
]


class Marks:
    """A companion that marks the answer and notes when it was asked."""

    def __init__(self, *, wants_body: bool) -> None:
        self.wants_body = wants_body
        self.calls: list[Any] = []

    async def leave(self, answer: Leaving) -> Leaving:
        self.calls.append(answer.body)
        body = None if answer.body is None else answer.body.upper()
        return Leaving(201, [*answer.headers, (b"b", b"2")], body)

    async def close(self, error: BaseException | None) -> None:
        self.calls.append(error)


async def sent(companion: Marks | None, messages: list[dict[str, Any]], *, bodiless: bool = False) -> list[Any]:
    out: list[Any] = []

    async def send(message: Any) -> None:
        out.append(message)

    passage = Passage(send, lambda scope: {}, bodiless=bodiless)
    passage.companion = companion
    for message in messages:
        await passage.send(message)
    return out


async def test_without_a_companion_nothing_is_touched() -> None:
    out = await sent(None, [START, *BODY])
    assert all(got is given for got, given in zip(out, [START, *BODY], strict=True))


async def test_the_head_is_changed_and_the_body_goes_past() -> None:
    companion = Marks(wants_body=False)
    assert await sent(companion, [START, *BODY]) == [
        {**START, "status": 201, "headers": [(b"a", b"1"), (b"b", b"2")]},
        *BODY,
    ]
    assert companion.calls == [None]


async def test_an_answer_is_held_back_only_for_who_wants_its_body() -> None:
    companion = Marks(wants_body=True)
    assert await sent(companion, [START, BODY[0]]) == []
    assert await sent(companion, [START, *BODY]) == [
        {**START, "status": 201, "headers": [(b"a", b"1"), (b"b", b"2")]},
        {"type": "http.response.body", "body": b"ONETWO", "more_body": False},
    ]
    assert companion.calls == [b"onetwo"]


@pytest.mark.parametrize("wants_body", [True, False])
async def test_a_head_loses_its_body_after_the_companion_has_seen_it(wants_body: bool) -> None:
    companion = Marks(wants_body=wants_body)
    out = await sent(companion, [START, *BODY], bodiless=True)
    assert companion.calls == [b"onetwo" if wants_body else None]
    assert out[0]["headers"] == [(b"a", b"1"), (b"b", b"2")]
    assert [message["body"] for message in out[1:]] == ([b""] if wants_body else [b"", b""])


@pytest.mark.parametrize("error", [None, ValueError("of v2")])
async def test_a_companion_is_told_how_it_ended(error: Exception | None) -> None:
    companion, passage = Marks(wants_body=False), Passage(print, lambda scope: {})  # type: ignore[arg-type]  # never sends
    await passage.close(error)
    passage.companion = companion
    await passage.close(error)
    assert companion.calls == [error]


def test_a_passage_is_found_in_the_scope() -> None:
    passage = Passage(print, lambda scope: {})  # type: ignore[arg-type]  # never sends
    assert passage_of({PASSAGE: passage}) is passage
    assert passage_of({}) is None


async def test_the_head_is_kept_and_the_body_is_not() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    sending = without_body(send)
    await sending({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await sending({"type": "http.response.body", "body": b"hel", "more_body": True})
    await sending({"type": "http.response.body", "body": b"lo"})
    assert sent == [
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]},
        {"type": "http.response.body", "body": b"", "more_body": True},
        {"type": "http.response.body", "body": b""},
    ]


async def test_a_file_that_the_server_would_send_is_not_sent() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await without_body(send)({"type": "http.response.pathsend", "path": "/etc/hosts"})
    assert sent == [{"type": "http.response.body", "body": b"", "more_body": False}]
