"""What stands in a secret's place."""

from __future__ import annotations

import re

from gateway.evidence.mark import Marker


def test_equal_secrets_have_equal_marks_and_others_others() -> None:
    """Case 147."""
    mark = Marker(b"k" * 32)
    assert mark("a") == mark("a") != mark("b")
    assert re.fullmatch(r"«redacted:[0-9a-f]{8}»", mark("a"))


def test_another_key_gives_other_marks() -> None:
    """Case 147: nobody can try guesses without the key."""
    assert Marker(b"k" * 32)("a") != Marker(b"l" * 32)("a")
    assert Marker(b"k" * 32).digest(b"a") != Marker(b"l" * 32).digest(b"a")


def test_what_is_empty_or_marked_stays() -> None:
    mark = Marker(b"k")
    assert mark("") == ""
    assert mark(mark("a")) == mark("a")


def test_what_is_no_unicode_is_marked_too() -> None:
    assert Marker(b"k")("\udc80").startswith("«redacted:")
