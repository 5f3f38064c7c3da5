"""Sentences as they are shown: what is to be typed looks like it, and long names break where a reader would. Pure.

Nothing is added or lost: the parts of a text together are the text, but for the backticks around what is to be typed.
"""

from __future__ import annotations

import re

_TYPED = re.compile(r"`([^`\n]+)`")
_SEGMENT = re.compile(r"[^/.]*[/.]|[^/.]+")


def typed(sentence: str) -> tuple[tuple[bool, str], ...]:
    """`(is typed, text)`: what stands between two backticks is a command, a key or a value."""
    found: list[tuple[bool, str]] = []
    end = 0
    for match in _TYPED.finditer(sentence):
        found += [(False, sentence[end : match.start()]), (True, match[1])]
        end = match.end()
    found.append((False, sentence[end:]))
    return tuple((is_typed, text) for is_typed, text in found if text)


def segments(text: str) -> tuple[str, ...]:
    """A path or an id in pieces, each up to a slash or a dot: `/employee/`, `<int:id>`."""
    return tuple(_SEGMENT.findall(text))


def sentence(words: str) -> str:
    """With a capital and a full stop, but for what is a name: `v2 answers.` stays small."""
    begun = words if words.startswith("v2 ") else words[:1].upper() + words[1:]
    return begun if not begun or begun[-1] in ".!?" else begun + "."
