"""An exception in one line, for people: its type, its message, and the line of the application that raised it."""

from __future__ import annotations

import sys
import sysconfig
from pathlib import PurePath
from traceback import walk_tb

LONGEST = 500
"""Characters of a message. A database driver puts a whole statement with its parameters into one."""

_LIBRARIES = frozenset({"site-packages", "dist-packages"})
_STANDARD_LIBRARY = sysconfig.get_path("stdlib")
_GATEWAY = str(PurePath(__file__).parent)


def describe(error: BaseException) -> str:
    """Type and message, such as `ValueError: no such employee`; even of an exception whose own text cannot be made."""
    kind = type(error).__name__
    try:
        text = " ".join(str(error).split())
    except Exception:  # noqa: BLE001 - it is the application's class
        return f"{kind} (whose text cannot be made)"
    if len(text) > LONGEST:
        # Between two words: half of a card's number is not recognised as a secret any more.
        text = f"{text[:LONGEST].rpartition(' ')[0]}... ({len(text):,} characters)"
    return f"{kind}: {text}" if text else kind


def located(error: BaseException) -> str:
    """Type, message and place, such as `ValueError: no such employee, at shop/views.py:31`.

    The place is the innermost line that is neither a library's nor the gateway's, or else the innermost one. An
    exception group of one, as task groups make them, is the exception in it.
    """
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    # A recursion has a thousand frames of one file, so each file is looked at once.
    known: dict[str, bool] = {}
    innermost = own = None
    for frame, number in walk_tb(error.__traceback__):
        file = frame.f_code.co_filename
        innermost = file, number
        if file not in known:
            known[file] = _is_library(file)
        if not known[file]:
            own = innermost
    place = own or innermost
    return describe(error) if place is None else f"{describe(error)}, at {_short(place[0])}:{place[1]}"


def _is_library(file: str) -> bool:
    path = PurePath(file)
    return (
        file.startswith("<")
        or not _LIBRARIES.isdisjoint(path.parts)
        or path.is_relative_to(_STANDARD_LIBRARY)
        or path.is_relative_to(_GATEWAY)
    )


def _short(file: str) -> str:
    """The file as its module is imported: below the longest entry of `sys.path` that it is in."""
    for entry in sorted(sys.path, key=len, reverse=True):
        if entry and PurePath(file).is_relative_to(entry):
            return str(PurePath(file).relative_to(entry))
    return file
