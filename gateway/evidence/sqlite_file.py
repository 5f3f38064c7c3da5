"""The file of an SQLite store: made for its owner alone, watched for being replaced, put aside when damaged.

Several processes share it. Whoever makes, migrates or puts aside holds the lock file beside it.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from gateway.errors import EvidenceUnavailable

OWN_FOLDER = ".gateway"
"""The gateway's folder beside the map: its own, so it may be closed to others even when something else made it."""
LOCK_SECONDS = 10.0
OWNERS = 0o600
"""The mode of the file: nobody but its owner."""
_COMPANIONS = ("-wal", "-shm", "-journal")
_POLL = 0.05

Identity = tuple[int, int]
"""Device and inode: whether a path still leads to the file that was opened."""


class SqliteFile:
    """One database file. Methods raise EvidenceUnavailable for what the file system refuses."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def prepare(self) -> None:
        """Make the file and its folder, readable by their owner only, whatever the umask is.

        A file that is there is never opened here. To close any descriptor of a file is to let go of every lock that
        the process has on it (POSIX, fcntl), those of its SQLite connections too; the next process that closes the
        database then takes itself for the last one and deletes the log that this one still writes to.
        """
        with self._explained("cannot be made"):
            private_folder(self.path.parent)
            try:
                descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, OWNERS)
            except FileExistsError:
                self._close_to_others()
                return
            try:
                # SQLite gives its companions the mode of the database.
                os.fchmod(descriptor, OWNERS)
            finally:
                os.close(descriptor)

    def _close_to_others(self) -> None:
        mode = self.path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "it is no file")
        if stat.S_IMODE(mode) != OWNERS:
            self.path.chmod(OWNERS)

    def identity(self) -> Identity | None:
        """Which file the path leads to now; None for none."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Alone among the processes that use this file."""
        deadline = time.monotonic() + LOCK_SECONDS
        with self._explained("cannot be locked"):
            private_folder(self.path.parent)
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
            descriptor = os.open(self.path.with_name(self.path.name + ".lock"), flags, 0o600)
        try:
            while not _take(descriptor):
                if time.monotonic() > deadline:
                    raise EvidenceUnavailable(f"another process has been opening {self.path} for {LOCK_SECONDS:.0f} s")
                time.sleep(_POLL)
            yield
        finally:
            os.close(descriptor)

    def put_aside(self) -> Path:
        """Rename a damaged file and its companions to `.corrupt-<time>`, for people to look at. The lock is held."""
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        aside = self.path.with_name(f"{self.path.name}.corrupt-{stamp}")
        with self._explained("is damaged and cannot be renamed"):
            # The log first: beside a new database it would be taken for that one's.
            for companion in _COMPANIONS:
                with suppress(FileNotFoundError):
                    self.path.with_name(self.path.name + companion).rename(aside.with_name(aside.name + companion))
            self.path.rename(aside)
        return aside

    @contextmanager
    def _explained(self, what: str) -> Iterator[None]:
        try:
            yield
        except EvidenceUnavailable:
            raise
        except OSError as error:
            raise EvidenceUnavailable(f"{self.path} {what}: {error.strerror or error}") from error


def private_folder(folder: Path) -> None:
    """Make a folder that only its owner may enter. One that was there is left as it is, unless it is `.gateway`."""
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            folder.chmod(0o700)
    elif folder.name == OWN_FOLDER and folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


def _take(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
