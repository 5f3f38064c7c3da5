"""Type and format of what is shown."""

from __future__ import annotations

import pytest

from gateway.parity.formats import format_of_json, format_of_text, format_of_value
from gateway.parity.shown import shown_json


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (None, "absent"),
        ("null", "null"),
        ("true", "boolean"),
        ("17", "integer"),
        ("1.5", "number"),
        ("1e5", "number"),
        ("{}", "object"),
        ("[1]", "array"),
        ('"17"', "text integer"),
        ('"1.50"', "text number"),
        ('""', "text empty"),
        ('"', "text free"),
        ('"12345678-1111-4111-8111-1234567890ab"', "text uuid"),
        ('"Sun, 05 Jan 2025 10:00:00 GMT"', "text http-date"),
        ('"2025-01-05"', "text iso-date"),
        ('"2025-01-05T10:00:00"', "text iso-datetime"),
        ('"2025-01-05T10:00:00.5Z"', "text iso-datetime Z"),
        ('"2025-01-05T10:00:00+00:00"', "text iso-datetime +00:00"),
        ('"2025-01-05T10:00:00+02:00"', "text iso-datetime offset"),
        ('"deadbeef01"', "text hex 10"),
        ('"hello"', "text free"),
    ],
)
def test_json(shown: str | None, expected: str) -> None:
    assert format_of_json(shown) == expected


@pytest.mark.parametrize("value", [None, True, "x", "", "2025-01-05", "12", 'a"b', "x" * 500, b"1", b"1.5", {}, [{}]])
def test_a_value_has_the_format_of_what_is_shown_of_it(value: object) -> None:
    assert format_of_value(value) == format_of_json(shown_json(value))


def test_text_of_a_header() -> None:
    assert format_of_text("Sun, 05 Jan 2025 10:00:00 GMT") == "http-date"
    assert format_of_text(None) == "absent"
