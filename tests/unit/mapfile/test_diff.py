"""The lines that an edit changed."""

from __future__ import annotations

import pytest

from gateway.mapfile.diff import changed_lines


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ("a\nb\n", "a\nb\n", ()),
        ("a\nb\nc\n", "a\nB\nc\n", ("- b", "+ B")),
        ("a\nc\n", "a\nb\nc\n", ("+ b",)),
        ("a\nb\nc\n", "a\nc\n", ("- b",)),
        ("a\n", "a\nb\n", ("+ b",)),
        ("a\nb\n", "a\n", ("- b",)),
        ("a\na\n", "a\na\na\n", ("+ a",)),
        ("", "a\n", ("+ a",)),
        ("a", "a\nb", ("+ b",)),
    ],
)
def test_only_the_changed_lines_are_shown(before: str, after: str, lines: tuple[str, ...]):
    assert changed_lines(before, after) == lines
