"""The store as the console has it: there or not, replaced, damaged, off."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.console.evidence_source import EvidenceSource
from gateway.errors import EvidenceRefused, EvidenceUnavailable
from gateway.evidence.opening import open_store
from tests.support.records import a_record
from tests.support.told import Told


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/e.sqlite3"


def write(url: str, number: int) -> None:
    store = open_store(url, on_event=Told())
    store.add([a_record(index) for index in range(number)])
    store.close()


def seen(source: EvidenceSource) -> int:
    with source.reading() as store:
        return sum(one.tally.compared for one in store.tallies())


def test_nothing_is_there_before_anything_was_written_and_nothing_is_made(url: str, tmp_path: Path) -> None:
    source = EvidenceSource(url, on_event=Told())
    assert seen(source) == 0
    assert not source.is_open
    assert list(tmp_path.iterdir()) == []
    write(url, 3)
    assert seen(source) == 3
    source.close()


def test_a_store_that_was_replaced_is_opened_anew(url: str, tmp_path: Path) -> None:
    source = EvidenceSource(url, on_event=Told())
    write(url, 3)
    assert seen(source) == 3
    for file in tmp_path.glob("e.sqlite3*"):
        file.unlink()
    write(url, 5)
    assert seen(source) == 5
    source.close()


def test_off_is_said_and_history_is_kept_in_memory() -> None:
    source = EvidenceSource(None, on_event=Told())
    with pytest.raises(EvidenceUnavailable, match="GATEWAY_EVIDENCE is off"), source.reading():
        pass
    with source.history() as store:
        assert store.hours_until() is None
    assert source.is_off


def test_a_url_that_is_none_is_an_error_of_the_evidence() -> None:
    with pytest.raises(EvidenceRefused), EvidenceSource("nonsense", on_event=Told()).reading():
        pass
