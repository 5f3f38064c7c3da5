"""What moves no cursor and hides nothing."""

from __future__ import annotations

from gateway.evidence.exhibit.visible import visible


def test_control_characters_are_shown_as_escapes() -> None:
    assert visible("a\x1b[2J\x00\u202eb") == "a\\x1b[2J\\x00\\u202eb"


def test_lines_and_letters_stay_as_they_are() -> None:
    assert visible("Zürich\n\t☃") == "Zürich\n\t☃"
