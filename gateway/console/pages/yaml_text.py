"""A line of the map in its parts, so that keys and comments can be told apart at a glance. Pure.

This is no parser: it never changes, adds or hides a character, and a line that it does not understand is plain.
"""

from __future__ import annotations

import re

_LINE = re.compile(
    r"(?P<indent>\s*(?:- )?)"
    r"(?P<key>[\w.\-]+:(?= |$))?"
    r"(?P<rest>(?:\"[^\"]*\"|'[^']*'|[^\"'#]|(?<=\S)#)*)"
    r"(?P<comment>#.*)?"
)


def parts_of(line: str) -> tuple[tuple[str, str], ...]:
    """`(class, text)` for each part; the texts together are the line."""
    found = _LINE.fullmatch(line)
    if found is None:
        return (("", line),)
    parts = (
        ("", found["indent"]),
        ("word", found["key"] or ""),
        ("", found["rest"]),
        ("comment", found["comment"] or ""),
    )
    return tuple((name, text) for name, text in parts if text)
