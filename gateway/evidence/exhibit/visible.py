"""Text that says what is in it."""

from __future__ import annotations


def visible(text: str) -> str:
    """The text with control characters as escapes: what an application or a client sent must not move the cursor."""
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() or letter in "\n\t" else letter.encode("unicode_escape").decode()
        for letter in text
    )
