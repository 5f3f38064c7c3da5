"""The key of the redaction's hashes: one an installation, in a file that only its owner may read."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from gateway.evidence.sqlite_file import private_folder

KEY_BYTES = 32
KEY_FILE = "redaction.key"


def installation_key(folder: Path) -> bytes:
    """The key in `folder`, made when there is none; several processes that ask at once get the same.

    Where it cannot be kept, the key is this process's own: hashes then mean nothing to other processes, and still
    tell equal from changed within a sample.
    """
    path = folder / KEY_FILE
    try:
        private_folder(folder)
        return _read(path) or _make(path)
    except OSError:
        return secrets.token_bytes(KEY_BYTES)


def _read(path: Path) -> bytes | None:
    try:
        found = path.read_bytes()
    except FileNotFoundError:
        return None
    if len(found) == KEY_BYTES:
        return found
    path.unlink(missing_ok=True)
    return None


def _make(path: Path) -> bytes:
    """Written under another name and linked: who loses the race reads what the winner wrote, never half of it."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
        os.write(descriptor, secrets.token_bytes(KEY_BYTES))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    return path.read_bytes()
