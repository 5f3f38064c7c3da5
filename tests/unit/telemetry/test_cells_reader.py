"""A cells file, read again and again."""

from __future__ import annotations

import os

from gateway.telemetry.cells import KEYS_AT, Cells
from gateway.telemetry.cells_reader import CellsReader


def test_what_is_counted_and_what_is_begun_later_is_seen() -> None:
    cells = Cells()
    reader = CellsReader(cells.descriptor, frozenset({"a", "b"}))
    assert list(reader.read()) == []
    cells.values[cells.of("other", ("x",), 3)] = 9.0
    first = cells.of("a", ("x",))
    cells.values[first] = 1.0
    assert list(reader.read()) == [(("a", ("x",)), (1.0,))]
    cells.values[first] += 1.0
    second = cells.of("b", ("x", "y"), 2)
    cells.values[second + 1] = 5.0
    assert dict(reader.read()) == {("a", ("x",)): (2.0,), ("b", ("x", "y")): (0.0, 5.0)}


def test_half_a_name_is_for_the_next_time() -> None:
    cells = Cells()
    cells.of("a", ("x",))
    reader = CellsReader(cells.descriptor, frozenset({"a"}))
    end = os.fstat(cells.descriptor).st_size
    os.pwrite(cells.descriptor, b'["a", ["y"', end)
    assert [series for series, _ in reader.read()] == [("a", ("x",))]
    os.pwrite(cells.descriptor, b'["a", ["y"], 1]\n', end)
    assert [series for series, _ in reader.read()] == [("a", ("x",)), ("a", ("y",))]
    assert end > KEYS_AT


def test_a_file_that_nobody_has_begun_has_nothing(tmp_path) -> None:
    with (tmp_path / "cells").open("w+b") as file:
        assert list(CellsReader(file.fileno(), frozenset({"a"})).read()) == []
