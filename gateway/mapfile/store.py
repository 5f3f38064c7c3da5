"""The map's file, changed by one writer at a time and never seen half-written.

lock the directory -> read -> decide -> write a sibling -> fsync -> rename -> fsync the directory

A reader sees the old bytes or the new ones, also when the machine stops in the middle.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from gateway.errors import MapBusy

LOCK_SECONDS = 10.0
_POLL_SECONDS = 0.01
_TEMPORARY = ".tmp"
_MOST_LINKS = 40  # as in Linux


def real_file(path: Path) -> Path:
    """The file behind symbolic links: that one is replaced, so that the links stay."""
    return Path(os.path.realpath(path))


def is_projected(path: Path) -> bool:
    """Whether the map is a link into `..data`, as Kubernetes mounts a ConfigMap: writing there does not last."""
    for _ in range(_MOST_LINKS):
        if not path.is_symlink():
            break
        link = path.readlink()
        if "..data" in link.parts:
            return True
        path = path.parent / link
    return "..data" in path.parts


@contextlib.contextmanager
def exclusive(directory: Path, *, patience: float = LOCK_SECONDS) -> Iterator[None]:
    """One writer of a directory at a time, over threads and processes. Raises MapBusy when that cannot be had.

    The lock is on the directory itself, so that no file is left behind and none has to be writable.
    """
    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise MapBusy(f"{directory} cannot be locked: {error.strerror}; check its owner and mode") from None
    try:
        _lock(descriptor, directory, patience)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, directory: Path, patience: float) -> None:
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise MapBusy(f"another edit has held {directory} for {patience:g} s; try again") from None
            time.sleep(_POLL_SECONDS)
        else:
            return


def replace_file(target: Path, data: bytes) -> None:
    """Put `data` in place of a file, with its mode and, where that is allowed, its owner. Raises OSError.

    To be called by the one writer: siblings that an interrupted writer left are removed.
    """
    before = target.stat()
    for left in target.parent.glob(f".{target.name}.*{_TEMPORARY}"):
        left.unlink(missing_ok=True)
    put_file(target, data, mode=before.st_mode & 0o7777, owner=(before.st_uid, before.st_gid))


def put_file(target: Path, data: bytes, *, mode: int, owner: tuple[int, int]) -> None:
    """Put `data` where a file is or is not; several writers may. `owner` is a user and a group. Raises OSError."""
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=_TEMPORARY, dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            with contextlib.suppress(PermissionError):
                os.fchown(descriptor, *owner)
            os.fchmod(descriptor, mode)
            os.fsync(descriptor)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_directory(target.parent)


def sync_directory(directory: Path) -> None:
    """Let a rename or a removal in a directory outlive the machine. Raises OSError."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
