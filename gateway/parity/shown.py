"""Values as people read them: bounded in length, and safe on a terminal, in a log line and in a page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256

LIMIT = 200
"""Characters of a shown value; what is longer ends in an ellipsis."""

_DEPTH = 3


def cut(text: str, limit: int = LIMIT) -> str:
    """`text` without what a terminal obeys, at most `limit` characters long."""
    part = text[: limit + 1]
    if not part.isprintable():
        part = "".join(letter if letter.isprintable() else _escaped(letter) for letter in part)
    return part if len(part) <= limit and len(text) <= limit else part[: limit - 1] + "…"


def shown_bytes(value: bytes) -> str:
    """A header's value: Latin-1, as HTTP has it."""
    return cut(value[: LIMIT + 1].decode("latin-1"))


def digest(body: bytes) -> str:
    """A body that is not text: its length and its hash."""
    return f"{len(body)} bytes, sha256 {sha256(body).hexdigest()[:16]}"


def shown_json(value: object) -> str:
    """A parsed JSON value (`gateway.parity.strict`) as JSON again; what is deep or long is left out."""
    written: list[str] = []
    length = 0
    for piece in _pieces(value, _DEPTH):
        written.append(piece)
        length += len(piece)
        if length > LIMIT:
            break
    return cut("".join(written))


def _pieces(value: object, depth: int) -> Iterator[str]:
    """The pieces of the text, lazily: a large value is left as soon as enough of it is written."""
    if isinstance(value, str):
        # A cut string keeps no closing quotation mark, so that it cannot be taken for a short one.
        yield json.dumps(value, ensure_ascii=False) if len(value) <= LIMIT else '"' + value[:LIMIT] + "…"
    elif isinstance(value, bytes):
        yield value[: LIMIT + 1].decode("ascii", "replace")
    elif isinstance(value, dict):
        if depth == 0 and value:
            yield "{…}"
            return
        yield "{"
        for number, (name, member) in enumerate(value.items()):
            yield f"{', ' if number else ''}{json.dumps(name[:LIMIT], ensure_ascii=False)}: "
            yield from _pieces(member, depth - 1)
        yield "}"
    elif isinstance(value, list):
        if depth == 0 and value:
            yield "[…]"
            return
        yield "["
        for number, item in enumerate(value):
            yield ", " if number else ""
            yield from _pieces(item, depth - 1)
        yield "]"
    else:
        yield json.dumps(value)


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape", "backslashreplace").decode("ascii")
