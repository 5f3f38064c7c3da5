"""What the applications of every framework answer with."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from tests.contract.asgi.transcript import FOLDER

CHUNK = b"0123456789abcdef" * 256  # 4 KiB
CHUNKS = 20


def the_file() -> Path:
    """300 kB, which a FileResponse sends in several messages."""
    file = Path(os.environ[FOLDER]) / "file.bin"
    if not file.exists():
        part = file.with_suffix(f".{os.getpid()}")
        part.write_bytes(bytes(range(256)) * 1200)
        os.utime(part, (1_700_000_000, 1_700_000_000))
        part.replace(file)
    return file


class Failed(Exception):
    """A bug of the application."""


def numbers() -> Iterator[bytes]:
    for _ in range(CHUNKS):
        yield CHUNK


async def later_numbers() -> AsyncIterator[bytes]:
    for _ in range(CHUNKS):
        yield CHUNK
        await asyncio.sleep(0)
