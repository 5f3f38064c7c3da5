"""Content types."""

from __future__ import annotations

import pytest

from gateway.parity.media import Media, media_of


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"", Media("")),
        (b"Application/JSON", Media("application/json")),
        (b"text/html; charset=UTF-8", Media("text/html", "utf-8")),
        (b'text/html;charset="latin1"', Media("text/html", "iso8859-1")),
        (b"text/html; charset=nonsense", Media("text/html", "nonsense")),
        (b"text/html; charset=a\x00b", Media("text/html", "a\x00b")),
        (b"text/html; charset=zlib", Media("text/html", "zlib?")),
        (b"text/html; charset=idna", Media("text/html", "idna?")),
    ],
)
def test_a_header_is_read(value: bytes, expected: Media) -> None:
    assert media_of(value) == expected


def test_kinds() -> None:
    assert Media("application/problem+json").is_json
    assert Media("text/csv").is_text
    assert Media("image/svg+xml").is_text
    assert not Media("application/pdf").is_text
    assert Media("text/html").is_html
    assert Media("text/event-stream").is_stream
    assert Media("multipart/form-data").is_form


def test_what_is_no_text_in_its_charset_is_none() -> None:
    """Case 98: invalid UTF-8."""
    assert Media("text/plain").text(b"\xff") is None
    assert Media("text/plain", "iso8859-1").text(b"\xff") == "ÿ"
    assert Media("text/plain", "zlib?").text(b"x") is None
