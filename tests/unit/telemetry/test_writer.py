"""A log whose reader does not read costs lines, never time."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.telemetry.writer import Writer


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for fd in ends:
        with contextlib.suppress(OSError):  # the test may have closed it
            os.close(fd)


def test_lines_arrive_in_order_and_soon(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    writer = Writer(writing)
    began = time.monotonic()
    writer.write(b"one\n")
    writer.write(b"two\n")
    got = os.read(reading, 100)
    assert time.monotonic() - began < 10  # without waiting for more company, or for `close`
    while got.count(b"\n") < 2:
        got += os.read(reading, 100)
    assert got == b"one\ntwo\n"
    writer.close()


def test_close_writes_what_waits(tmp_path: Path) -> None:
    fd = os.open(tmp_path / "log", os.O_WRONLY | os.O_CREAT)
    writer = Writer(fd)
    for number in range(10_000):
        writer.write(b"%d\n" % number)
    writer.close()
    os.close(fd)
    assert (tmp_path / "log").read_bytes() == b"".join(b"%d\n" % number for number in range(10_000))
    assert writer.dropped == 0


def test_blocked_reader_costs_lines_and_no_time(pipe: tuple[int, int]) -> None:
    """Nobody reads the pipe: its 64 KiB fill up, then the buffer, then lines are dropped and counted."""
    reading, writing = pipe
    writer = Writer(writing, limit=100_000)
    line = b"x" * 999 + b"\n"
    slowest = 0.0
    for _ in range(2000):
        began = time.perf_counter()
        writer.write(line)
        slowest = max(slowest, time.perf_counter() - began)
    assert slowest < 5  # a call that waits for the reader never ends
    assert writer.dropped > 1000
    began = time.monotonic()
    writer.close()
    assert time.monotonic() - began < 10
    os.close(reading)
    writer._thread.join()  # it must not write to whatever gets the descriptor's number next


def test_reader_that_reads_again_gets_whole_lines(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    writer = Writer(writing, limit=100_000)
    for number in range(2000):
        writer.write(b"%0999d\n" % number)
    got = b""
    while got.count(b"\n") < 2000 - writer.dropped:
        got += os.read(reading, 65536)
    assert [len(line) for line in got.splitlines()] == [999] * (2000 - writer.dropped)
    writer.close()


def test_reader_that_is_gone_harms_nobody(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    os.close(reading)
    writer = Writer(writing)
    writer.write(b"one\n")
    writer.close()
    assert writer.dropped == 1


def test_lines_to_a_pipe_are_never_torn(pipe: tuple[int, int]) -> None:
    """Several workers share one pipe: only writes of up to PIPE_BUF are whole."""
    reading, writing = pipe
    writers = [Writer(writing) for _ in range(3)]
    expected = 0
    for number in range(60):
        for name, writer in zip(b"abc", writers, strict=True):
            writer.write(bytes([name]) * 100 + b"%d\n" % number)
            expected += 1
    got = b""
    while got.count(b"\n") < expected:
        got += os.read(reading, 65536)
    for writer in writers:
        writer.close()
    for line in got.splitlines():
        assert line.rstrip(b"0123456789") in {b"a" * 100, b"b" * 100, b"c" * 100}
