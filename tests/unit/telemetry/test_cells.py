"""Cells outlive the process that counts in them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from gateway.telemetry.cells import CAPACITY, Cells, anonymous_file, read


@pytest.fixture
def fd() -> Iterator[int]:
    fd = anonymous_file()
    yield fd
    os.close(fd)


def test_series_starts_at_zero_and_keeps_its_place() -> None:
    cells = Cells()
    first = cells.of("a", ("x",))
    assert cells.values[first] == 0
    cells.values[first] += 2
    assert cells.of("b", (), 3) == first + 1
    assert cells.of("a", ("x",)) == first
    assert dict(cells.read()) == {("a", ("x",)): [2.0], ("b", ()): [0.0, 0.0, 0.0]}


def test_successor_goes_on_where_its_predecessor_was(fd: int) -> None:
    before = Cells(fd)
    before.values[before.of("a", ("x",))] += 2
    after = Cells(fd)
    after.values[after.of("a", ("x",))] += 3
    after.values[after.of("b", ())] += 1
    assert dict(read(fd)) == {("a", ("x",)): [5.0], ("b", ()): [1.0]}


COUNT = """
import sys
from gateway.telemetry.cells import Cells
cells = Cells(int(sys.argv[1]))
index = cells.of("a", ())
for number in range(1, 1_000_000):
    cells.values[index] += 1
    if number == 1000:
        print("counted", flush=True)
"""


def test_killed_process_loses_no_count(fd: int) -> None:
    """Case 154."""
    process = subprocess.Popen([sys.executable, "-c", COUNT, str(fd)], pass_fds=[fd], stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "counted\n"
        process.send_signal(signal.SIGKILL)
    [counted] = dict(read(fd))[("a", ())]
    assert counted >= 1000
    assert dict(Cells(fd).read()) == {("a", ()): [counted]}


def test_half_a_key_of_a_killed_process_is_written_over(fd: int) -> None:
    cells = Cells(fd)
    cells.of("a", ())
    os.pwrite(fd, b'["b", ["x"', os.fstat(fd).st_size)
    after = Cells(fd)
    after.values[after.of("c", ())] += 1
    assert dict(read(fd)) == {("a", ()): [0.0], ("c", ()): [1.0]}


def test_full_file_is_an_error_not_a_wrong_number() -> None:
    cells = Cells()
    cells.of("a", (), CAPACITY)
    with pytest.raises(MemoryError, match="no cell is left for b"):
        cells.of("b", ())
