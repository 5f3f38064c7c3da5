"""Text: the first difference."""

from __future__ import annotations

from gateway.parity.text import first_difference


def test_the_line_and_what_is_around_it() -> None:
    assert first_difference("one\ntwo\nthree", "one\ntwo\nfour") == (
        r"line 3: one\ntwo\nthree",
        r"line 3: one\ntwo\nfour",
    )


def test_a_long_common_start_is_left_out() -> None:
    ours, theirs = first_difference("x" * 1000 + "a", "x" * 1000 + "b")
    assert ours == "line 1: …" + "x" * 40 + "a"
    assert theirs == "line 1: …" + "x" * 40 + "b"
