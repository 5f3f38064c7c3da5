"""The writer: nothing that happens to a store reaches who offers."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from gateway.errors import EvidenceUnavailable
from gateway.evidence.memory import MemoryStore
from gateway.evidence.opening import open_store
from gateway.evidence.record import Record
from gateway.evidence.retention import Retention
from gateway.evidence.sql import SqlStore
from gateway.evidence.store import GroupQuery
from gateway.evidence.writer import EvidenceWriter, WriterStats
from gateway.parity.difference import Verdict
from tests.support.records import a_record, a_sample

Start = Callable[..., EvidenceWriter]


class Faulty(MemoryStore):
    """A store that fails while `error` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.error: Exception | None = None
        self.tried = threading.Semaphore(0)

    def add(self, batch: Sequence[Record], /) -> None:
        self.tried.release()
        if self.error is not None:
            raise self.error
        super().add(batch)


@pytest.fixture
def start(told) -> Iterator[Start]:
    """Starts a writer; closed at the end."""
    writers: list[EvidenceWriter] = []

    def begin(open_it: Callable[[], object], **options) -> EvidenceWriter:
        writers.append(EvidenceWriter(open_it, on_event=told, **{"flush_seconds": 0.01, **options}))
        return writers[-1]

    yield begin
    for writer in writers:
        writer.close(5)


def until(writer: EvidenceWriter, holds: Callable[[WriterStats], bool], seconds: float = 20.0) -> WriterStats:
    deadline = time.monotonic() + seconds
    while not holds(stats := writer.stats()):
        assert time.monotonic() < deadline, stats
        time.sleep(0.01)
    return stats


def conserved(stats: WriterStats) -> bool:
    return stats.offered == stats.written + stats.waiting + sum(stats.dropped.values())


def test_what_is_offered_is_written(start: Start) -> None:
    store = MemoryStore()
    writer = start(lambda: store)
    assert all(writer.offer(a_record(number)) for number in range(1000))
    stats = until(writer, lambda stats: stats.written == 1000)
    assert (stats.dropped, stats.waiting, stats.trouble) == ({}, 0, "")
    assert store.tallies()[0].tally.shapes == 1000


def test_close_writes_what_waits_and_takes_no_more(start: Start) -> None:
    store = MemoryStore()
    writer = start(lambda: store, flush_seconds=60)
    for number in range(50):
        writer.offer(a_record(number))
    writer.close(10)
    assert not writer.offer(a_record(99))
    stats = writer.stats()
    assert (stats.written, stats.dropped) == (50, {"closed": 1})
    assert conserved(stats)


def test_a_full_queue_drops_and_counts(start: Start) -> None:
    """Case 140: no unbounded queue."""
    store = Faulty()
    store.error = EvidenceUnavailable("away")
    writer = start(lambda: store, queue_max=10, batch=5)
    writer.offer(a_record(0))
    assert store.tried.acquire(timeout=10)
    taken = [writer.offer(a_record(number)) for number in range(100)]
    assert taken.count(True) <= 10
    stats = writer.stats()
    assert stats.dropped["queue_full"] == taken.count(False)
    assert conserved(stats)
    store.error = None
    assert conserved(until(writer, lambda stats: stats.waiting == 0))


def test_large_samples_are_let_go_of_before_the_counts_are(start: Start) -> None:
    store = Faulty()
    store.error = EvidenceUnavailable("away")
    writer = start(lambda: store, max_bytes=100_000, batch=1)
    writer.offer(a_record(0))
    assert store.tried.acquire(timeout=10)
    for number in range(20):
        sample = a_sample(number, size=20_000)
        assert writer.offer(a_record(number, Verdict.MISMATCH, sample=sample))
    store.error = None
    stats = until(writer, lambda stats: stats.written == 21)
    assert 10 < stats.stripped < 20
    assert store.groups(GroupQuery()).groups[0].count == 20


def test_a_store_that_fails_is_opened_again_and_nothing_taken_is_lost(start: Start, told) -> None:
    store = Faulty()
    opened: list[int] = []

    def open_it() -> MemoryStore:
        opened.append(1)
        return store

    writer = start(open_it)
    store.error = EvidenceUnavailable("the disk is full")
    writer.offer(a_record(1))
    until(writer, lambda stats: stats.trouble == "the disk is full")
    store.error = None
    stats = until(writer, lambda stats: stats.written == 1)
    assert stats.trouble == ""
    assert len(opened) > 1
    assert told.names == ["evidence_stopped", "evidence_resumed"]


@pytest.mark.parametrize("error", [RuntimeError("a bug"), ValueError("no number"), MemoryError()])
def test_a_record_that_no_store_takes_does_not_stop_the_others(start: Start, told, error: Exception) -> None:
    class Picky(MemoryStore):
        def add(self, batch: Sequence[Record], /) -> None:
            if any(record.route == "poison" for record in batch):
                raise error
            super().add(batch)

    store = Picky()
    writer = start(lambda: store, flush_seconds=60)
    for number in range(9):
        writer.offer(a_record(number, route="poison" if number == 4 else "r"))
    writer.close(10)
    stats = writer.stats()
    assert (stats.written, stats.dropped) == (8, {"unstorable": 1})
    assert told.names == ["evidence_unstorable"]


def test_a_store_that_cannot_even_be_opened_harms_nobody(start: Start, told) -> None:
    def fails() -> MemoryStore:
        raise EvidenceUnavailable("no such folder")

    writer = start(fails)
    writer.offer(a_record(1))
    until(writer, lambda stats: stats.trouble != "")
    began = time.monotonic()
    writer.close(0.3)
    assert time.monotonic() - began < 5
    stats = until(writer, lambda stats: stats.waiting == 0)
    assert stats.dropped == {"closed": 1}


def test_old_evidence_is_let_go_of(start: Start) -> None:
    store = MemoryStore()
    store.add([a_record(1, time=1.0)])
    writer = start(lambda: store, retention=Retention(max_age=3600.0))
    writer.offer(a_record(2, time=time.time(), epoch="now"))
    until(writer, lambda stats: stats.written == 1)
    deadline = time.monotonic() + 10
    while [one.epoch for one in store.tallies()] != ["now"]:
        assert time.monotonic() < deadline
        time.sleep(0.01)


# On a real file

Open = Callable[[], SqlStore]


def test_a_locked_database_is_waited_for_off_the_loop(file: Path, start: Start, told, open_file: Open) -> None:
    """Case 143: locked by another process; offers go on at once, and what was taken is written when it is free."""
    open_file().close()
    writer = start(lambda: open_store(f"sqlite:///{file}", on_event=told), queue_max=100)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    slowest = 0.0
    for number in range(500):
        began = time.monotonic()
        writer.offer(a_record(number))
        slowest = max(slowest, time.monotonic() - began)
    stats = until(writer, lambda stats: stats.trouble != "")
    assert slowest < 2
    assert stats.dropped["queue_full"] > 0
    other.execute("COMMIT")
    other.close()
    stats = until(writer, lambda stats: stats.waiting == 0, 10)
    assert conserved(stats)
    assert stats.written == 500 - stats.dropped["queue_full"]


def test_a_deleted_database_is_made_again(file: Path, start: Start, told) -> None:
    """Case 144."""
    writer = start(lambda: open_store(f"sqlite:///{file}", on_event=told))
    writer.offer(a_record(1))
    until(writer, lambda stats: stats.written == 1)
    for found in file.parent.glob("e.sqlite3*"):
        found.unlink()
    writer.offer(a_record(2))
    until(writer, lambda stats: stats.written == 2, 10)
    store = open_store(f"sqlite:///{file}", on_event=told)
    assert store.tallies()[0].tally.compared == 1
    store.close()
    assert told.names == ["evidence_stopped", "evidence_resumed"]


def test_a_deleted_folder_is_made_again(tmp_path: Path, start: Start, told) -> None:
    """Case 144."""
    file = tmp_path / "deep" / "e.sqlite3"
    writer = start(lambda: open_store(f"sqlite:///{file}", on_event=told))
    writer.offer(a_record(1))
    until(writer, lambda stats: stats.written == 1)
    for found in file.parent.iterdir():
        found.unlink()
    file.parent.rmdir()
    writer.offer(a_record(2))
    until(writer, lambda stats: stats.written == 2, 10)
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_database_that_is_damaged_while_it_runs_is_put_aside(file: Path, start: Start, told) -> None:
    """Case 142."""
    writer = start(lambda: open_store(f"sqlite:///{file}", on_event=told))
    writer.offer(a_record(1, Verdict.MISMATCH, sample=a_sample(size=50_000)))
    until(writer, lambda stats: stats.written == 1)
    other = sqlite3.connect(file)
    other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    other.close()
    file.write_bytes(b"garbage " * 1000)
    writer.offer(a_record(2))
    until(writer, lambda stats: stats.written == 2, 10)
    assert "evidence_quarantined" in told.names
    assert list(file.parent.glob("*.corrupt-*"))
