"""`.gateway`, the gateway's own folder beside the map: made when something is to be kept there."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from gateway.mapfile.store import real_file


def own_folder(map_path: Path) -> Path:
    """Where it is, whether it is there or not: beside the map's real file."""
    return real_file(map_path).parent / ".gateway"


def made(folder: Path) -> Path:
    """The folder, once it is there. It belongs to whom the map's folder belongs to, where that can be given away.

    For root on call: the gateway runs as somebody else, and writes there as well. Raises OSError.
    """
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        return folder
    owner = folder.parent.stat()
    with contextlib.suppress(PermissionError):
        os.chown(folder, owner.st_uid, owner.st_gid)
    return folder
