"""Addresses of the console's pages. Pure.

Everything that a person chose is in the address: it can be sent to a colleague, kept, and gone back to.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode


def route_address(route_id: str) -> str:
    """The page of a route."""
    return "/routes/" + quote(route_id, safe="", errors="replace")


def sample_address(sample_id: str) -> str:
    """The page of one mismatch."""
    return "/mismatches/" + quote(sample_id, safe="", errors="replace")


def address(path: str, chosen: Mapping[str, object], **changes: object) -> str:
    """`path` with what was chosen and `changes` to it. What is empty, None, False or 0 is the default, and left out."""
    values = {name: value for name, value in {**chosen, **changes}.items() if value}
    pairs = {name: "1" if value is True else str(value) for name, value in values.items()}
    return path + ("?" + urlencode(pairs, errors="replace") if pairs else "")
