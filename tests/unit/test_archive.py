"""Evidence of one process: written, read again, and never in the way."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from gateway.archive import Archive
from gateway.evidence.opening import evidence_url, read_store
from gateway.evidence.record import Record
from gateway.parity.difference import Verdict
from gateway.parity.noise import NoiseBook
from gateway.settings import Settings


def a_record(**fields) -> Record:
    given = {"time": time.time(), "route": "r", "epoch": "e", "stratum": "2xx", "verdict": Verdict.MATCH, "shape": "s"}
    return Record(**{**given, **fields})


def an_archive(folder: Path, events: list[tuple[str, str]] | None = None, **settings) -> Archive:
    def on_event(event: str, message: str) -> None:
        if events is not None:
            events.append((event, message))

    return Archive(Settings(**settings), folder / "migration_map.yaml", on_event=on_event)


def test_what_is_offered_is_there_after_closing(tmp_path: Path) -> None:
    archive = an_archive(tmp_path)
    archive.open()
    archive.offer(a_record())
    archive.close()
    store = read_store(evidence_url("", tmp_path / "migration_map.yaml") or "")
    assert [one.tally.compared for one in store.tallies()] == [1]
    store.close()
    assert archive.records()[("written",)] == 1.0


def test_off_keeps_nothing_and_makes_nothing(tmp_path: Path) -> None:
    archive = an_archive(tmp_path, evidence="off")
    archive.open()
    archive.offer(a_record())
    archive.remember("r", NoiseBook(1))
    archive.close()
    assert archive.records() == {}
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_cannot_be_opened_is_an_event_and_no_error(tmp_path: Path) -> None:
    events: list[tuple[str, str]] = []
    archive = an_archive(tmp_path, events, evidence="postgresql+psycopg://127.0.0.1:1/nothing")
    archive.open()
    archive.offer(a_record())
    deadline = time.monotonic() + 20
    while not events and time.monotonic() < deadline:
        time.sleep(0.02)
    archive.close()
    assert events
    assert archive.records()[("written",)] == 0.0


def test_noise_is_remembered_from_one_process_to_the_next(tmp_path: Path) -> None:
    first = an_archive(tmp_path)
    first.open()
    first.offer(a_record())
    first.remember("r", NoiseBook(7))
    told = threading.Event()
    deadline = time.monotonic() + 20
    while not told.is_set() and time.monotonic() < deadline:
        second = an_archive(tmp_path)
        second.open()
        second.recall(["r", "other"], lambda route, book: told.set() if (route, book.samples) == ("r", 7) else None)
        told.wait(0.2)
        second.close()
    first.close()
    assert told.is_set()


@pytest.mark.parametrize("call", ["offer", "close", "records"])
def test_nothing_is_needed_before_it_is_open(tmp_path: Path, call: str) -> None:
    archive = an_archive(tmp_path)
    arguments = (a_record(),) if call == "offer" else ()
    assert not getattr(archive, call)(*arguments)
