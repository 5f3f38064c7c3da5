"""Counters of a cells file, read again and again: what was read before costs nothing the next time."""

from __future__ import annotations

import json
import os
from array import array
from collections.abc import Iterator

from gateway.telemetry.cells import KEYS_AT, Series

_CELL = 8


class CellsReader:
    """Reads the series of `names` in a file that this or another process writes to. For one thread at a time."""

    def __init__(self, descriptor: int, names: frozenset[str]) -> None:
        self._descriptor = descriptor
        self._names = names
        self._series: list[tuple[Series, int, int]] = []
        self._cells = 0
        self._keys = KEYS_AT

    def read(self) -> Iterator[tuple[Series, tuple[float, ...]]]:
        """Each series with its numbers, as of now. Raises OSError for a descriptor that was closed."""
        self._learn()
        numbers = array("d")
        numbers.frombytes(os.pread(self._descriptor, self._cells * _CELL, 0))
        for series, start, end in self._series:
            yield series, tuple(numbers[start:end])

    def _learn(self) -> None:
        """Take note of series that were begun since the last time; half a line is for the next time."""
        size = max(0, os.fstat(self._descriptor).st_size - self._keys)
        data = os.pread(self._descriptor, size, self._keys)
        data = data[: data.rfind(b"\n") + 1]
        for line in data.splitlines():
            name, labels, width = json.loads(line)
            if name in self._names:
                self._series.append(((name, tuple(labels)), self._cells, self._cells + width))
            self._cells += width
        self._keys += len(data)
