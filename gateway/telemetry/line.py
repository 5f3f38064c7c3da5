"""One record, one line. What a client sent can neither start a second line nor speak to a terminal.

Control characters (C0, DEL, C1) and the line separators of Unicode are escaped; a line has at most `LIMIT` bytes, with
a traceback `TRACEBACK_LIMIT`. Records with too much are shortened at their longest values, so that JSON stays JSON.
"""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

Fields = dict[str, Any]

LIMIT = 2048
TRACEBACK_LIMIT = 32 * 1024
TRACEBACK = "exception"
"""The field that holds a traceback."""

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_ELLIPSIS = "..."
_SHORTEST = 16


def as_json(fields: Fields) -> bytes:
    """`fields` as one line of JSON."""
    return _fit(fields, _dumps) + b"\n"


def as_text(fields: Fields) -> bytes:
    """`fields` for a person: time, level, event, then the rest as `key=value`; a traceback follows on its own lines."""
    return _fit(fields, _words) + b"\n"


def escaped(text: str) -> str:
    """`text` without a character that ends a line or drives a terminal."""
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _dumps(fields: Fields) -> bytes:
    try:
        line = orjson.dumps(fields, default=str)
    except TypeError:  # a lone surrogate, or an integer over 64 bits
        return json.dumps(fields, default=str).encode()
    if line.isascii() and b"\x7f" not in line:
        return line
    # What orjson leaves as it is and a terminal or a log reader does not; inside JSON only strings hold such bytes.
    return escaped(line.decode()).encode()


def _words(fields: Fields) -> bytes:
    rest = dict(fields)
    clock = escaped(str(rest.pop("time", ""))[11:23])
    level = escaped(str(rest.pop("level", "info")))
    event = escaped(str(rest.pop("event", "")))
    traceback = str(rest.pop(TRACEBACK, ""))
    words = " ".join(f"{escaped(key)}={_word(value)}" for key, value in rest.items() if value not in {"", None})
    lines = [f"{clock} {level:<7} {event} {words}".rstrip()]
    lines += (f"    {escaped(line)}" for line in traceback.splitlines())
    return "\n".join(lines).encode(errors="backslashreplace")


def _word(value: object) -> str:
    text = escaped(str(value))
    return json.dumps(text, ensure_ascii=False) if " " in text or '"' in text else text


def _fit(fields: Fields, render: Any) -> bytes:
    line: bytes = render(fields)
    limit = TRACEBACK_LIMIT if fields.get(TRACEBACK) else LIMIT
    if len(line) < limit:
        return line
    short = {key: value if isinstance(value, int | float) else str(value) for key, value in fields.items()}
    while len(line) >= limit:
        key = max(short, key=lambda name: len(str(short[name])))
        text = str(short[key])
        if len(text) <= _SHORTEST:
            del short[key]  # many small values: the last resort
        else:
            short[key] = _halved(text, from_start=key == TRACEBACK)
        line = render(short)
    return line


def _halved(text: str, *, from_start: bool) -> str:
    keep = len(text) // 2
    # A traceback's last lines say what happened.
    return _ELLIPSIS + text[-keep:] if from_start else text[:keep] + _ELLIPSIS
