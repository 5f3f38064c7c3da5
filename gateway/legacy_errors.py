"""`wsgi.errors`: what legacy writes there becomes log records.

Flask's own log handler writes here, so a traceback arrives as one `write` and stays one record.
"""

from __future__ import annotations

import logging
import sys
import threading
from io import TextIOBase


class LegacyErrors(TextIOBase):
    """A text stream whose complete lines go to the logger `gateway.legacy`, at level ERROR.

    Each thread has its own unfinished line. Where the application logs through `wsgi.errors` from a handler of the root
    logger, its record comes back here; it then goes to stderr, once, instead of round for ever.
    """

    def __init__(self) -> None:
        self._logger = logging.getLogger("gateway.legacy")
        self._local = threading.local()

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, text: str, /) -> int:
        """Log what is complete, keep the rest."""
        before, newline, rest = (getattr(self._local, "rest", "") + text).rpartition("\n")
        self._local.rest = rest
        if newline:
            self._log(before)
        return len(text)

    def flush(self) -> None:
        """Log what is unfinished, too."""
        rest = getattr(self._local, "rest", "")
        if rest:
            self._local.rest = ""
            self._log(rest)

    def _log(self, text: str) -> None:
        if getattr(self._local, "logging", False):
            print(text, file=sys.stderr)  # noqa: T201 - the only stream that cannot lead back here
            return
        self._local.logging = True
        try:
            self._logger.error("%s", text)
        finally:
            self._local.logging = False
