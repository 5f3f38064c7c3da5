"""Sentences are shown as they are: what is to be typed is told apart, and nothing is added or lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.console.pages.prose import segments, sentence, typed


def test_what_stands_between_backticks_is_to_be_typed() -> None:
    assert typed("add `canary: {percent: 5}`, here") == (
        (False, "add "),
        (True, "canary: {percent: 5}"),
        (False, ", here"),
    )
    assert typed("no code") == ((False, "no code"),)
    assert typed("") == ()


def test_a_lonely_backtick_is_text() -> None:
    assert typed("it`s") == ((False, "it`s"),)
    assert typed("a `b` c`") == ((False, "a "), (True, "b"), (False, " c`"))


@given(st.text())
def test_the_parts_are_the_sentence(text: str) -> None:
    shown = "".join(f"`{part}`" if is_typed else part for is_typed, part in typed(text))
    assert shown == text


@given(st.text())
def test_the_segments_are_the_text(text: str) -> None:
    assert "".join(segments(text)) == text


def test_a_path_breaks_after_a_slash_and_an_id_after_a_dot() -> None:
    assert segments("/employees/rated/<float:x>") == ("/", "employees/", "rated/", "<float:x>")
    assert segments("json.date-format") == ("json.", "date-format")


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("legacy answers", "Legacy answers."),
        ("v2 answers some", "v2 answers some."),
        ("Is it?", "Is it?"),
        ("", ""),
    ],
)
def test_sentences_begin_and_end(words: str, shown: str) -> None:
    assert sentence(words) == shown
