"""Applications print when they are imported; that must not end up in the data on stdout."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def stdout_is_ours() -> Iterator[None]:
    """Send what is printed inside to stderr."""
    with contextlib.redirect_stdout(sys.stderr):
        yield
