"""The headers of a request, put in order once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.proxy.intake import name_request, take_in


def kept(*raw: tuple[bytes, bytes], **options) -> list[tuple[bytes, bytes]]:
    return take_in(list(raw), new_id="new", **options).headers


def test_ordinary_headers_pass_in_order_with_repeats() -> None:
    raw = [(b"host", b"a"), (b"accept", b"x"), (b"accept", b"y"), (b"x-odd", b"1"), (b"x-odd", b"2")]
    assert kept(*raw) == [*raw]


@pytest.mark.parametrize("name", [b"x_user", b"x_forwarded_for", b"content_length", b"transfer_encoding", b"x.user"])
def test_names_that_wsgi_confuses_are_dropped_and_counted(name: bytes) -> None:
    """Cases 58 and 59, bridge row 2."""
    intake = take_in([(b"host", b"a"), (name, b"root"), (b"x-user", b"me")], new_id="new")
    assert intake.headers == [(b"host", b"a"), (b"x-user", b"me")]
    assert intake.dropped == ("ambiguous_name",)


def test_proxy_header_never_becomes_http_proxy() -> None:
    """Case 64."""
    assert kept((b"proxy", b"http://evil")) == []


def test_a_client_cannot_call_its_request_a_shadow() -> None:
    assert kept((b"x-shadow", b"1")) == []


def test_cookie_lines_are_joined_with_a_semicolon() -> None:
    """Case 61, bridge row 7."""
    raw = ((b"cookie", b"a=1"), (b"host", b"h"), (b"cookie", b"b=2"))
    assert kept(*raw) == [(b"cookie", b"a=1; b=2"), (b"host", b"h")]


def test_headers_of_the_connection_are_removed() -> None:
    """Case 63."""
    names = (b"te", b"trailer", b"keep-alive", b"proxy-connection", b"upgrade")
    assert kept(*((name, b"x") for name in names)) == []


def test_headers_that_the_connection_nominates_are_removed_but_not_what_others_rely_on() -> None:
    """Case 62."""
    raw = (
        (b"connection", b"close, X-User, x-forwarded-for, X-Request-Id, cookie"),
        (b"x-user", b"root"),
        (b"x-forwarded-for", b"192.0.2.1"),
        (b"cookie", b"a=1"),
    )
    assert kept(*raw) == [raw[0], (b"x-forwarded-for", b"192.0.2.1"), (b"cookie", b"a=1")]


@pytest.mark.parametrize("value", [b"close", b"keep-alive", b"Keep-Alive", b"close, te"])
def test_connection_itself_is_seen_as_under_any_wsgi_server(value: bytes) -> None:
    assert kept((b"connection", value)) == [(b"connection", value)]


def test_a_websocket_handshake_keeps_its_upgrade() -> None:
    raw = ((b"connection", b"Upgrade"), (b"upgrade", b"websocket"))
    assert kept(*raw, keep_upgrade=True) == [*raw]


@pytest.mark.parametrize("raw", [[], [(b"x-request-id", b"abc-1")], [(b"x-request-id", b"a b")]])
def test_headers_are_the_clients_own(raw: list[tuple[bytes, bytes]]) -> None:
    """An application that echoes its request's id answers as it did before."""
    assert take_in(raw, new_id="new").headers == raw


def test_a_plain_request_id_of_the_client_is_the_requests() -> None:
    assert take_in([(b"x-request-id", b"abc-1")], new_id="new").request_id == "abc-1"
    for odd in (b"", b"a b", b"a\nb", b"x" * 129, b"\xff"):
        assert take_in([(b"x-request-id", odd)], new_id="new").request_id == "new"
    assert take_in([(b"x-request-id", b"a"), (b"x-request-id", b"b")], new_id="new").request_id == "new"


@pytest.mark.parametrize(
    "raw", [[], [(b"x-request-id", b"abc")], [(b"x-request-id", b"a b")], [(b"x-request-id", b"a")] * 2]
)
def test_a_request_can_be_named_for_sides_that_log_the_header(raw: list[tuple[bytes, bytes]]) -> None:
    intake = take_in([*raw, (b"host", b"h")], new_id="new")
    name_request(intake)
    assert [value for name, value in intake.headers if name == b"x-request-id"] == [intake.request_id.encode()]


@pytest.mark.parametrize(
    ("headers", "has_body"),
    [
        ([], False),
        ([(b"content-length", b"0")], False),
        ([(b"content-length", b"5")], True),
        ([(b"transfer-encoding", b"chunked")], True),
    ],
)
def test_a_body_is_known_from_the_framing(headers: list[tuple[bytes, bytes]], has_body: bool) -> None:
    assert take_in(headers, new_id="new").has_body is has_body


@given(st.lists(st.tuples(st.sampled_from([b"a", b"x_y", b"cookie", b"connection", b"te"]), st.binary(max_size=8))))
def test_taking_in_is_total_and_idempotent(raw: list[tuple[bytes, bytes]]) -> None:
    once = take_in(raw, new_id="new").headers
    assert take_in(once, new_id="other").headers == once
