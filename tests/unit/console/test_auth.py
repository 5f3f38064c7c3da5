"""Who may ask the console for what."""

from __future__ import annotations

import pytest

from gateway.console.auth import NO_TOKEN, READ_ONLY, SESSION_ONLY, WRONG_HOST, WRONG_TOKEN, Access, Guard, Role

TOKEN = "correct-horse-battery-staple-0123456789"
HOST = (b"host", b"127.0.0.1:8081")
OPEN, READ, CHANGE = Access.OPEN, Access.READ, Access.CHANGE


def bearer(value: bytes) -> tuple[bytes, bytes]:
    return (b"authorization", value)


RIGHT = bearer(b"Bearer " + TOKEN.encode())


@pytest.mark.parametrize(
    ("token", "loopback", "access", "authorization", "expected"),
    [
        ("", True, OPEN, [], None),
        ("", True, READ, [], None),
        ("", True, CHANGE, [], NO_TOKEN),
        ("", True, CHANGE, [RIGHT], NO_TOKEN),
        (TOKEN, True, READ, [], None),
        (TOKEN, True, CHANGE, [], WRONG_TOKEN),
        (TOKEN, True, CHANGE, [RIGHT], None),
        (TOKEN, False, OPEN, [], None),
        (TOKEN, False, READ, [], WRONG_TOKEN),
        (TOKEN, False, READ, [RIGHT], None),
        (TOKEN, False, CHANGE, [RIGHT], None),
        ("", False, READ, [], NO_TOKEN),
    ],
)
def test_rules(
    token: str, loopback: bool, access: Access, authorization: list[tuple[bytes, bytes]], expected: object
) -> None:
    assert Guard(token, loopback).deny(access, [HOST, *authorization]) is expected


ODD = {
    "wrong": [bearer(b"Bearer wrong-horse-battery-staple-0123456789")],
    "prefix": [bearer(b"Bearer " + TOKEN[:-1].encode())],
    "longer": [bearer(b"Bearer " + TOKEN.encode() + b"x")],
    "newline": [bearer(b"Bearer " + TOKEN.encode() + b"\n")],
    "empty": [bearer(b"")],
    "scheme only": [bearer(b"Bearer ")],
    "no scheme": [bearer(TOKEN.encode())],
    "two spaces": [bearer(b"Bearer  " + TOKEN.encode())],
    "basic": [bearer(b"Basic " + TOKEN.encode())],
    "not ascii": [bearer("Bearer schlüssel".encode("latin-1"))],
    "nul": [bearer(b"Bearer \x00")],
    "1 MB": [bearer(b"Bearer " + b"x" * 1024**2)],
    "twice": [RIGHT, RIGHT],
    "right and wrong": [RIGHT, bearer(b"Bearer x")],
}


@pytest.mark.parametrize("headers", ODD.values(), ids=ODD)
def test_odd_tokens_are_denied_and_raise_nothing(headers: list[tuple[bytes, bytes]]) -> None:
    """Case 160."""
    assert Guard(TOKEN, loopback=True).deny(CHANGE, [HOST, *headers]) is WRONG_TOKEN


@pytest.mark.parametrize("scheme", [b"Bearer ", b"bearer ", b"BEARER "])
def test_scheme_has_no_case(scheme: bytes) -> None:
    """Case 160; RFC 9110 11.1."""
    assert Guard(TOKEN, loopback=True).deny(CHANGE, [HOST, bearer(scheme + TOKEN.encode())]) is None


def test_token_beyond_ascii_is_compared_as_bytes() -> None:
    """Case 160: `hmac.compare_digest` raises TypeError on such a string."""
    token = "schlüssel-" * 4
    guard = Guard(token, loopback=True)
    assert guard.deny(CHANGE, [HOST, bearer(b"Bearer " + token.encode())]) is None
    assert guard.deny(CHANGE, [HOST, bearer(b"Bearer " + token.encode("latin-1"))]) is WRONG_TOKEN


@pytest.mark.parametrize(
    "host",
    [
        b"127.0.0.1",
        b"127.0.0.1:8081",
        b"localhost",
        b"LocalHost:8081",
        b"[::1]:8081",
        b"10.1.2.3:8081",
        b"console.corp",
    ],
)
def test_addresses_localhost_and_named_hosts_are_known(host: bytes) -> None:
    guard = Guard("", loopback=True, names=frozenset({"console.corp"}))
    assert guard.misdirected([(b"host", host)]) is None


@pytest.mark.parametrize(
    "hosts",
    [
        [b"evil.example"],
        [b"127.0.0.1.evil.example"],
        [b"localhost.evil"],
        [b""],
        [],
        [b"127.0.0.1", b"127.0.0.1"],
        [b"\xff"],
    ],
)
def test_foreign_host_is_misdirected(hosts: list[bytes]) -> None:
    """Case 165: DNS rebinding; the page's own name comes along as Host. Even health has no answer for it."""
    assert Guard("", loopback=True).misdirected([(b"host", host) for host in hosts]) is WRONG_HOST


READER = "look-but-do-not-touch-0123456789-abcdef"


@pytest.mark.parametrize(
    ("access", "authorization", "session", "expected"),
    [
        (READ, [bearer(b"Bearer " + READER.encode())], None, None),
        (CHANGE, [bearer(b"Bearer " + READER.encode())], None, READ_ONLY),
        (READ, [], Role.READER, None),
        (READ, [], Role.OPERATOR, None),
        (CHANGE, [], Role.OPERATOR, SESSION_ONLY),
        (CHANGE, [bearer(b"Bearer x")], Role.OPERATOR, WRONG_TOKEN),
        (CHANGE, [RIGHT], Role.READER, None),
    ],
)
def test_roles(
    access: Access, authorization: list[tuple[bytes, bytes]], session: Role | None, expected: object
) -> None:
    """Case 177."""
    guard = Guard(TOKEN, loopback=False, read_token=READER)
    assert guard.deny(access, [HOST, *authorization], session) is expected


def test_console_with_a_read_only_token_alone_changes_nothing() -> None:
    guard = Guard("", loopback=False, read_token=READER)
    assert guard.deny(READ, [HOST, bearer(b"Bearer " + READER.encode())]) is None
    assert guard.deny(READ, [HOST]) is WRONG_TOKEN
    assert guard.deny(CHANGE, [HOST, bearer(b"Bearer " + READER.encode())]) is NO_TOKEN
    assert guard.deny(CHANGE, [HOST, bearer(b"Bearer ")]) is NO_TOKEN


def test_page_behind_a_proxy_has_the_configured_name() -> None:
    guard = Guard(TOKEN, loopback=True, names=frozenset({"console.corp"}))
    assert guard.foreign([HOST, (b"origin", b"https://console.corp")]) is None
    assert guard.foreign([HOST, (b"origin", b"https://console.corp.evil.example")]) is not None


def test_tokens_are_not_in_the_guards_words() -> None:
    """Case 177."""
    assert TOKEN not in repr(Guard(TOKEN, loopback=True))
    assert READER not in repr(Guard(TOKEN, loopback=True, read_token=READER))
