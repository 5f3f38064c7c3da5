"""One record is one line, whatever a client sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.telemetry.line import LIMIT, TRACEBACK, TRACEBACK_LIMIT, as_json, as_text

HOSTILE = [
    "a\r\nb",
    "\x1b[31mred\x1b[0m",
    "\u2028\u2029\x85",
    "\x7f\x9b31m",
    "\x00",
    "\u202eevil",
    "\ud800",
    '"quoted"',
    "\\n",
    "日本 é",
]
SPECIAL = set("\r\n\x0b\x0c\x1b\x7f\x85\x9b\u2028\u2029\u202e\x00")


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("field", ["path", "event", "client"])
def test_hostile_text_stays_in_its_line(text: str, field: str) -> None:
    """Case 155: CR, LF, ESC, ANSI, U+2028."""
    fields = {"time": "2027-01-31T12:00:00.123Z", "level": "info", "event": "request", "status": 200, field: text}
    for line in (as_json(fields), as_text(fields)):
        assert line.endswith(b"\n")
        assert not SPECIAL & set(line.decode()[:-1])
    assert json.loads(as_json(fields))[field] == text


@given(
    st.dictionaries(
        st.text(max_size=20), st.text(max_size=4000) | st.integers() | st.floats(allow_nan=False), max_size=30
    )
)
def test_every_line_is_bounded_and_parses(fields: dict[str, Any]) -> None:
    """Case 155: 2 KiB."""
    fields.pop(TRACEBACK, None)
    line = as_json(fields)
    assert len(line) <= LIMIT
    assert line.count(b"\n") == 1
    json.loads(line)
    text = as_text(fields)
    assert len(text) <= LIMIT
    assert len(text.splitlines()) == 1


@pytest.mark.parametrize("filling", ["a", "é", "\U0001f600", "\x00"])
def test_long_value_is_shortened_and_the_others_stay(filling: str) -> None:
    fields = {"event": "request", "path": filling * 100_000, "status": 404, "id": "r-1"}
    line = as_json(fields)
    assert len(line) <= LIMIT
    parsed = json.loads(line)
    assert parsed["status"] == 404
    assert parsed["id"] == "r-1"
    assert parsed["path"].endswith("...")


def test_traceback_may_be_longer_and_keeps_its_end() -> None:
    line = as_json({"event": "failed", TRACEBACK: "frame\n" * 20_000 + "ValueError: the end"})
    assert LIMIT < len(line) <= TRACEBACK_LIMIT
    assert json.loads(line)[TRACEBACK].endswith("ValueError: the end")


def test_traceback_is_indented_for_people() -> None:
    text = as_text({"level": "error", "event": "failed", TRACEBACK: "frame\n\x1b[31mValueError: x"})
    assert text.splitlines()[1:] == [b"    frame", b"    \\u001b[31mValueError: x"]


def test_integers_beyond_64_bits_are_written() -> None:
    assert json.loads(as_json({"event": "x", "number": 2**100}))["number"] == 2**100
