"""Numbers that outlive the process that counts: float64 cells in shared memory, addressed by an index.

prometheus-client's own multi-process mode is switched on by an environment variable, for everything in the process:
the legacy application's metrics would join the gateway's. Its values also cost twice as much. Here a worker adds to a
cell (about 0.1 us, no lock), the supervisor reads the same memory, and `kill -9` loses nothing: the next worker of
that slot goes on with the same file. The file has no name, so nothing is left behind.

Layout: `CAPACITY` cells of 8 bytes, then one JSON line a series: `[name, [label, ...], width]`. Untouched cells take
no memory. A cell has one writer: the thread of the loop that owns the metric, or who holds its lock.
"""

from __future__ import annotations

import json
import mmap
import os
import tempfile
import threading
from array import array
from collections.abc import Iterator
from typing import Any

CAPACITY = 1 << 20
"""Cells in a file: 70,000 histograms, or all series of the largest map that is accepted."""
KEYS_AT = CAPACITY * 8
"""Where the numbers end and the names begin, in bytes."""

Series = tuple[str, tuple[str, ...]]
"""A metric's name and its label values."""


def anonymous_file() -> int:
    """A new file descriptor for cells, to be closed by the caller. It works on a read-only file system too."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("gateway-cells")
    with tempfile.TemporaryFile() as file:  # unlinked at once
        return os.dup(file.fileno())


class Cells:
    """The cells of one process. `values[cells.of(name, labels, width)] += 1` counts."""

    def __init__(self, fd: int | None = None) -> None:
        self._fd = anonymous_file() if fd is None else fd
        if os.fstat(self._fd).st_size < KEYS_AT:
            os.ftruncate(self._fd, KEYS_AT)
        # `Any`, because a view's element type is not known to the type checker until Python 3.14.
        self.values: Any = memoryview(mmap.mmap(self._fd, KEYS_AT)).cast("d")
        self._lock = threading.Lock()
        self._index: dict[Series, int] = {}
        self._next = 0
        for name, labels, width in _keys(self._fd):
            self._index[(name, labels)] = self._next
            self._next += width
        self._end = _complete_end(self._fd)

    def __repr__(self) -> str:
        return f"<Cells {len(self._index)} series, {self._next} of {CAPACITY} cells>"

    @property
    def descriptor(self) -> int:
        """The file, for a reader in this process."""
        return self._fd

    def of(self, name: str, labels: tuple[str, ...], width: int = 1) -> int:
        """The index of the first cell of a series; a new series starts at zero.

        Raises MemoryError when the file is full.
        """
        series = (name, labels)
        found = self._index.get(series)
        if found is not None:
            return found
        with self._lock:
            found = self._index.get(series)
            if found is not None:
                return found
            if self._next + width > CAPACITY:
                raise MemoryError(f"no cell is left for {name}: {CAPACITY} are in use")
            line = json.dumps([name, labels, width]).encode() + b"\n"
            self._end += os.pwrite(self._fd, line, self._end)
            index = self._index[series] = self._next
            self._next += width
            return index

    def read(self) -> Iterator[tuple[Series, list[float]]]:
        """Every series with its numbers."""
        return read(self._fd)


def read(fd: int) -> Iterator[tuple[Series, list[float]]]:
    """Every series of a cells file, whichever process writes to it."""
    if os.fstat(fd).st_size < KEYS_AT:
        return
    at = 0
    for name, labels, width in _keys(fd):
        yield (name, labels), array("d", os.pread(fd, width * 8, at * 8)).tolist()
        at += width


def _keys(fd: int) -> Iterator[tuple[str, tuple[str, ...], int]]:
    data = os.pread(fd, max(0, _complete_end(fd) - KEYS_AT), KEYS_AT)
    for line in data.splitlines():
        name, labels, width = json.loads(line)
        yield name, tuple(labels), width


def _complete_end(fd: int) -> int:
    """Where the last whole line ends; a process that was killed may have left half of one."""
    size = max(0, os.fstat(fd).st_size - KEYS_AT)
    return KEYS_AT + os.pread(fd, size, KEYS_AT).rfind(b"\n") + 1
