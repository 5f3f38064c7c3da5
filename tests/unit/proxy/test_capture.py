"""A bounded copy of an answer."""

from __future__ import annotations

from gateway.exchange import Headers, Response
from gateway.proxy.capture import Capture


def captured(limit: int, *chunks: bytes, headers=()) -> Capture:
    capture = Capture(limit)
    capture.take({"type": "http.response.start", "status": 201, "headers": list(headers)})
    for number, chunk in enumerate(chunks, start=1):
        capture.take({"type": "http.response.body", "body": chunk, "more_body": number < len(chunks)})
    return capture


def test_copy_is_the_whole_answer() -> None:
    capture = captured(4, b"ab", b"cd", headers=[(b"X-A", b"1"), (b"x-a", b"2")])
    assert capture.completed
    assert capture.response() == Response(201, Headers(((b"x-a", b"1"), (b"x-a", b"2"))), b"abcd")


def test_a_prefix_is_never_kept() -> None:
    capture = captured(3, b"ab", b"cd", b"e")
    assert capture.completed
    assert capture.response().body is None


def test_event_streams_are_known_by_their_type() -> None:
    assert captured(9, b"", headers=[(b"Content-Type", b"Text/Event-Stream; charset=utf-8")]).is_stream
    assert not captured(9, b"", headers=[(b"content-type", b"text/html")]).is_stream
