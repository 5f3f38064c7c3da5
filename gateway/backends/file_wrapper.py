"""`wsgi.file_wrapper` of PEP 3333: a file as an iterable of blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol


class Readable(Protocol):
    """What PEP 3333 asks of the file."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""


class FileWrapper:
    """Yields blocks of `block_size` bytes; has `close` only when the file has, as the PEP asks."""

    def __init__(self, filelike: Readable, block_size: int = 8192) -> None:
        self.filelike = filelike
        self.block_size = block_size
        close: Callable[[], object] | None = getattr(filelike, "close", None)
        if close is not None:
            self.close = close

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        block = self.filelike.read(self.block_size)
        if block:
            return block
        raise StopIteration
