"""What an application may send: as many bytes as its Content-Length says, as a server below would have it."""

from __future__ import annotations

import pytest

from gateway.backends.answer import COMPLETE, HttpAnswer
from gateway.errors import BackendProtocolError


def send(*bodies: bytes, method: str = "GET", headers=()) -> HttpAnswer:
    answer = HttpAnswer(method)
    answer.take({"type": "http.response.start", "status": 200, "headers": list(headers)})
    for number, body in enumerate(bodies, 1):
        answer.take({"type": "http.response.body", "body": body, "more_body": number < len(bodies)})
    return answer


def length(value: bytes) -> list[tuple[bytes, bytes]]:
    return [(b"Content-Length", value)]


@pytest.mark.parametrize("bodies", [(b"12345",), (b"12", b"345"), (b"12345", b""), (b"", b"12345")])
def test_answer_of_its_length_is_complete(bodies: tuple[bytes, ...]) -> None:
    assert send(*bodies, headers=length(b"5")).step is COMPLETE


@pytest.mark.parametrize("bodies", [(b"123456",), (b"123", b"456"), (b"12345", b"6"), (b"12345", b"6", b"")])
def test_longer_answer_is_refused_where_it_becomes_too_long(bodies: tuple[bytes, ...]) -> None:
    with pytest.raises(BackendProtocolError, match="longer than its Content-Length"):
        send(*bodies, headers=length(b"5"))


@pytest.mark.parametrize("bodies", [(b"",), (b"1234",), (b"12", b"34"), (b"1234", b"")])
def test_shorter_answer_is_refused_at_its_end(bodies: tuple[bytes, ...]) -> None:
    with pytest.raises(BackendProtocolError, match="shorter than its Content-Length"):
        send(*bodies, headers=length(b"5"))


@pytest.mark.parametrize("body", [b"", b"12345", b"123456789"])
def test_answer_to_head_is_not_counted(body: bytes) -> None:
    assert send(body, method="HEAD", headers=length(b"5")).step is COMPLETE


def test_answer_without_a_length_may_be_of_any() -> None:
    assert send(b"1", b"2" * 1000, headers=[(b"content-type", b"text/plain")]).step is COMPLETE


def test_transfer_coding_frames_the_body_whatever_the_length_says() -> None:
    headers = [(b"transfer-encoding", b"chunked"), *length(b"5")]
    assert send(b"123456789", headers=headers).step is COMPLETE


@pytest.mark.parametrize("value", [b"", b"five", b"-1", b"5, 5", b"0x5", b" 5"])
def test_length_that_is_no_number_is_refused(value: bytes) -> None:
    with pytest.raises(BackendProtocolError, match="not a number"):
        send(b"12345", headers=length(value))


def test_refusal_is_a_runtime_error_as_a_servers_is() -> None:
    with pytest.raises(RuntimeError):
        send(b"123456", headers=length(b"5"))
