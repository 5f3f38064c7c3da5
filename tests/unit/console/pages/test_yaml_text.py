"""Colours add nothing to the text of the map, and take nothing away."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.console.pages.yaml_text import parts_of


@given(st.text(alphabet="ab-: #'\"{}[]\t", max_size=40) | st.text(max_size=40))
def test_the_parts_together_are_the_line(line: str) -> None:
    assert "".join(text for _, text in parts_of(line)) == line


def test_keys_and_comments_are_told_apart() -> None:
    assert parts_of("  - id: a.b # why") == (("", "  - "), ("word", "id:"), ("", " a.b "), ("comment", "# why"))


def test_a_hash_inside_of_a_string_or_word_is_no_comment() -> None:
    assert parts_of('path: "/a#b" # c')[-1] == ("comment", "# c")
    assert parts_of("path: /a#b")[-1] == ("", " /a#b")
