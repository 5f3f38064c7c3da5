"""JSON read strictly: nothing that the text says is lost.

| JSON | here | why |
|---|---|---|
| number | `bytes`, its text | 30 digits stay 30, `1e999` is not infinity, no number equals a string or `true` |
| object | `dict` | a name given twice is kept in `Document.repeated` |
| array, string, true, false, null | `list`, `str`, `bool`, `None` | |
| `NaN`, `Infinity` | `bytes` | not JSON at all; named in `Document.constants` |
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


class NotJson(ValueError):
    """The text is not JSON, or is nested too deeply to be read. The message says which, in words."""


@dataclass(slots=True)
class Document:
    """A parsed text. `value` is made of the types above."""

    value: Any
    text: str
    repeated: dict[int, list[tuple[str, Any]]] = field(default_factory=dict)
    """For each object with a name given twice, by `id`: all of its members, in order."""
    constants: set[str] = field(default_factory=set)
    """`NaN`, `Infinity`, `-Infinity`, where they occur."""

    @property
    def is_strict(self) -> bool:
        """Whether it is JSON to the letter, with no name given twice."""
        return not self.repeated and not self.constants


def parse(body: bytes) -> Document:
    """The document in `body`; NotJson when there is none. UTF-8, or what a byte order mark says."""
    try:
        text = body.decode(json.detect_encoding(body))
    except UnicodeDecodeError as error:
        raise NotJson(f"it is not {error.encoding}: byte {error.start}") from None
    document = Document(None, text)

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            document.repeated[id(made)] = pairs
        return made

    def constant(name: str) -> bytes:
        document.constants.add(name)
        return name.encode()

    try:
        document.value = json.loads(
            text, object_pairs_hook=members, parse_int=str.encode, parse_float=str.encode, parse_constant=constant
        )
    except RecursionError:
        raise NotJson("it is nested too deeply to be read") from None
    except ValueError as error:
        raise NotJson(f"it is not JSON: {error}") from None
    return document


def plain(document: Document) -> Any:
    """The same with Python's numbers, for JSON paths, whose filters compare them."""

    def integer(text: str) -> int | float:
        return int(text) if len(text) < _DIGITS else float(text)

    return json.loads(document.text, parse_int=integer)


_DIGITS = 4000
"""Python refuses to read integers that are a little longer."""
