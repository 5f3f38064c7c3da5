"""The type and format of a value as a difference shows it: what can be compared where legacy disagrees with itself."""

from __future__ import annotations

import json
import re
from typing import Any

from gateway.parity.dates import HTTP_DATE, ISO_DATE, ISO_DATETIME
from gateway.parity.shown import LIMIT

ABSENT = "absent"
CONTAINERS = frozenset({"object", "array"})
"""What is in them is not known: for these, type and format say too little."""

_INTEGER = re.compile(r"-?\d+")
_NUMBER = re.compile(r"-?\d+\.?\d*([eE][+-]?\d+)?|-?(NaN|Infinity)")
_JSON = (
    ("boolean", re.compile(r"true|false")),
    ("null", re.compile(r"null")),
    ("object", re.compile(r"\{.*", re.DOTALL)),
    ("array", re.compile(r"\[.*", re.DOTALL)),
    ("integer", _INTEGER),
    ("number", _NUMBER),
)
_TEXT = (
    ("empty", re.compile("")),
    ("uuid", re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)),
    ("http-date", HTTP_DATE),
    ("iso-date", ISO_DATE),
    ("iso-datetime", ISO_DATETIME),
    ("integer", _INTEGER),
    ("hex", re.compile(r"(?=.*\d)([0-9a-f]{8,}|[0-9A-F]{8,})")),
    ("number", _NUMBER),
)
_ZONE = re.compile(r"(Z|\+00:?00)$|[+-]\d\d:?\d\d$")


def format_of_json(shown: str | None) -> str:
    """The format of a shown JSON value, such as `"2025-01-05"`; `absent` for None."""
    if shown is None:
        return ABSENT
    if shown.startswith('"'):
        whole = len(shown) > 1 and shown.endswith('"')
        return "text " + format_of_text(shown[1:-1]) if whole else "text free"
    return next((name for name, pattern in _JSON if pattern.fullmatch(shown)), "free")


def format_of_value(value: Any) -> str:
    """The same of a parsed JSON value (`strict.py` has the types), without showing it."""
    if isinstance(value, str):
        return "text " + format_of_text(value) if len(value) <= LIMIT else "text free"
    if isinstance(value, dict | list):
        return "object" if isinstance(value, dict) else "array"
    return format_of_json(value.decode() if isinstance(value, bytes) else json.dumps(value))


def format_of_text(text: str | None) -> str:
    """The format of a text: uuid, a date and its zone, hex and its length, integer, number; `free` for any other."""
    if text is None:
        return ABSENT
    found = next((name for name, pattern in _TEXT if pattern.fullmatch(text)), "free")
    if found == "iso-datetime":
        zone = _ZONE.search(text[10:])
        return found if zone is None else f"{found} {zone[1] or 'offset'}"
    return f"hex {len(text)}" if found == "hex" else found
