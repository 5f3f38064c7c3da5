"""What people get to see: bounded, and safe."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from gateway.parity.shown import LIMIT, cut, digest, shown_bytes, shown_json
from gateway.parity.strict import parse


@given(st.text(max_size=400))
def test_text_is_bounded_and_printable(text: str) -> None:
    shown = cut(text)
    assert len(shown) <= LIMIT
    assert shown.isprintable()


def test_control_characters_and_terminal_escapes_are_written_out() -> None:
    assert cut("a\x1b[31mb\r\n\u202e\ud800") == r"a\x1b[31mb\r\n\u202e\ud800"


def test_a_long_string_does_not_end_like_a_short_one() -> None:
    assert shown_json("x" * 500).endswith("x…")


def test_json_is_shown_as_json() -> None:
    text = '{"a": [1, 1.50, true, null, "ü"], "b": {}}'
    assert shown_json(parse(text.encode()).value) == text


def test_deep_and_long_values_are_left_out() -> None:
    assert shown_json({"a": {"b": {"c": {"d": [1]}}}}) == '{"a": {"b": {"c": {…}}}}'
    assert len(shown_json(["x"] * 1_000_000)) == LIMIT


def test_bytes_are_latin_1_or_a_digest() -> None:
    assert shown_bytes(b"a\xfc\x00") == "aü\\x00"
    assert digest(b"abc") == "3 bytes, sha256 ba7816bf8f01cfea"


@given(st.recursive(st.none() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_any_value_can_be_shown(value: object) -> None:
    assert len(shown_json(parse(json.dumps(value).encode()).value)) <= LIMIT
