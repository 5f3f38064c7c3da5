"""JSON, nothing of which is lost."""

from __future__ import annotations

import pytest

from gateway.parity.strict import NotJson, parse, plain


def test_numbers_are_their_text() -> None:
    assert parse(b"[1, 1.0, -0.0, 1e999, 12345678901234567890123]").value == [
        b"1",
        b"1.0",
        b"-0.0",
        b"1e999",
        b"12345678901234567890123",
    ]


def test_five_thousand_digits_are_read() -> None:
    """Case 98."""
    document = parse(b"9" * 5000)
    assert document.value == b"9" * 5000
    assert plain(document) == float("inf")


def test_repeated_names_and_constants_are_found() -> None:
    """Case 98."""
    document = parse(b'{"a": {"b": 1, "b": 2}, "c": NaN}')
    assert [[name for name, _ in pairs] for pairs in document.repeated.values()] == [["b", "b"]]
    assert document.constants == {"NaN"}
    assert not document.is_strict
    assert parse(b'{"a": "NaN"}').is_strict


def test_utf_16_and_a_byte_order_mark_are_read() -> None:
    assert parse('{"a": "ü"}'.encode("utf-16")).value == {"a": "ü"}
    assert parse(b"\xef\xbb\xbf[]").value == []


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "it is not JSON: Expecting value"),
        (b"{'a': 1}", "it is not JSON: Expecting property name"),
        (b'{"a": 1} x', "it is not JSON: Extra data"),
        (b'{"a": "\xff"}', "it is not utf-8: byte 7"),
        (b"[" * 100_000, "it is nested too deeply to be read"),
    ],
)
def test_what_is_no_json_is_said_so(body: bytes, why: str) -> None:
    """Case 98."""
    with pytest.raises(NotJson) as caught:
        parse(body)
    assert str(caught.value).startswith(why)
