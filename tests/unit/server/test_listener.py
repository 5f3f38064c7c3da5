"""uvicorn as a front door: whom it believes, and what it adds."""

from __future__ import annotations

import json

import pytest

from tests.support.wire import listening

HEAD = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
FORWARDED = b"X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n"


@pytest.mark.parametrize(
    ("trusted", "client", "scheme"),
    [("", "127.0.0.1", "http"), ("10.0.0.0/8", "127.0.0.1", "http"), ("127.0.0.0/8, ::1", "203.0.113.9", "https")],
)
def test_forwarded_headers_are_believed_of_trusted_peers_only(trusted: str, client: str, scheme: str) -> None:
    """Case 65."""
    with listening(trusted_proxies=trusted) as server:
        answer = json.loads(server.send(HEAD + FORWARDED + b"\r\n").partition(b"\r\n\r\n")[2])
    assert (answer["client"], answer["scheme"]) == (client, scheme)


def test_answers_name_no_server() -> None:
    with listening() as server:
        head = server.send(HEAD + b"\r\n").partition(b"\r\n\r\n")[0].lower()
    assert b"\r\ndate: " in head
    assert b"\r\nserver:" not in head
