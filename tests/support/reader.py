"""What reads for a console, started, with a fake gateway that has a map on disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.console.lookout import look_out
from gateway.console.page_reader import PageReader
from gateway.evidence.opening import Notice
from gateway.evidence.retention import Retention
from gateway.mapfile.load import read_bytes, revision_of
from tests.support.console import Operated


class OnDisk(Operated):
    """A supervisor whose workers serve whatever is on disk at the moment."""

    def workers(self):
        self.revisions = (revision_of(read_bytes(Path(self.path))),)
        return super().workers()


@contextmanager
def reader_of(
    path: Path, evidence: str | None, operated: Operated | None = None, *, notice: Notice | None = None
) -> Iterator[PageReader]:
    """A started reader of a map and a store. What it would log is an error, unless somebody takes note of it."""

    def unexpected(event: str, message: str) -> None:
        raise AssertionError(f"{event}: {message}")

    reader = look_out(
        operated or OnDisk(path=str(path)),
        path,
        evidence,
        retention=Retention(),
        front_door="http://127.0.0.1:8000",
        notice=notice or unexpected,
    )
    reader.start()
    try:
        yield reader
    finally:
        reader.stop(5)
