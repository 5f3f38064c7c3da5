"""What a thread takes of the processors, and what it would take."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest

from gateway.backends.thread_clock import ThreadClock

SOON = 20.0
NEIGHBOUR = "import os\nos.sched_setaffinity(0, {%d})\nprint(flush=True)\nwhile True: pass"


def on_a_thread(work: Callable[[ThreadClock], None]) -> tuple[float, float]:
    """The lap of a thread that does `work` and ends."""
    clocks: list[ThreadClock] = []

    def run() -> None:
        clocks.append(ThreadClock())
        clocks[0].lap()
        work(clocks[0])
        laps.append(clocks[0].lap())

    laps: list[tuple[float, float]] = []
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return laps[0]


def burn(seconds: float) -> None:
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def test_a_thread_that_computes_is_told_from_one_that_waits() -> None:
    computed, _ = on_a_thread(lambda _clock: burn(0.02))
    waited, _ = on_a_thread(lambda _clock: time.sleep(0.02))
    assert computed >= 0.02
    assert waited < 0.01


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="Linux tells what a thread waits for a processor")
def test_a_neighbour_on_the_same_processor_makes_a_thread_wait() -> None:
    """What a loaded machine or a container at its limit takes is not idleness of the thread."""
    processor = min(os.sched_getaffinity(0))
    missed = []

    def compute(clock: ThreadClock) -> None:
        os.sched_setaffinity(0, {processor})  # of this thread only
        until = time.monotonic() + SOON
        while sum(missed) < 0.01 and time.monotonic() < until:
            burn(0.005)
            missed.append(clock.lap()[1])

    with subprocess.Popen([sys.executable, "-c", NEIGHBOUR % processor], stdout=subprocess.PIPE) as neighbour:
        assert neighbour.stdout is not None
        neighbour.stdout.readline()
        try:
            on_a_thread(compute)
        finally:
            neighbour.kill()
    assert sum(missed) >= 0.01


def test_a_thread_that_has_ended_takes_nothing_more() -> None:
    clocks = []
    thread = threading.Thread(target=lambda: clocks.append(ThreadClock()))
    thread.start()
    thread.join()
    clocks[0].lap()
    assert clocks[0].lap() == (0.0, 0.0)


def test_its_file_is_closed_with_it() -> None:
    clock = ThreadClock()
    file = clock._schedstat
    if file >= 0:
        os.fstat(file)
        del clock
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(file)
