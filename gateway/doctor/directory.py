"""Which application changes the current directory while it is imported: seen by importing it, libraries included."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.doctor.finding import Finding, warning


@contextmanager
def watched_directory(application: str, findings: list[Finding]) -> Iterator[None]:
    """Import `application` inside of the block: a finding is added when the current directory is another afterwards.

    It is left as the application set it, since its other parts may count on that.
    """
    before = _current()
    try:
        yield
    finally:
        after = _current()
        if after != before:
            findings.append(
                warning(
                    "process.directory",
                    f"importing {application} changes the current directory from {before} to {after}; it is the whole "
                    "process's, so both applications open relative files from there, and child processes start there",
                    "open files by absolute paths (pathlib.Path(__file__).parent), and leave the directory as it is",
                )
            )


def _current() -> str:
    try:
        return os.getcwd()  # noqa: PTH109 - a text, or none where the folder is gone
    except FileNotFoundError:
        return "a folder that is gone"
