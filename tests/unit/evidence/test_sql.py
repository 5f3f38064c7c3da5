"""SQL stores: what the contract does not say of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.errors import EvidenceCorrupt, EvidenceUnavailable
from gateway.evidence.sql import SqlStore
from gateway.evidence.store import GroupQuery
from gateway.parity.difference import Verdict
from tests.support.records import a_record, a_sample

Open = Callable[[], SqlStore]


def test_a_file_that_was_removed_takes_nothing(file: Path, open_file: Open) -> None:
    """Case 144: what is committed to a removed file is not acknowledged."""
    store = open_file()
    store.add([a_record(1)])
    file.unlink()
    with pytest.raises(EvidenceUnavailable, match="removed or replaced"):
        store.add([a_record(2)])


def test_pruned_space_goes_back_to_the_disk(file: Path, open_file: Open) -> None:
    store = open_file()
    for number in range(60):
        sample = a_sample(number, signature=f"s{number}", size=20_000)
        store.add([a_record(number, Verdict.MISMATCH, signature=f"s{number}", sample=sample)])
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    before = file.stat().st_size
    assert store.prune(now=10**6, max_age=1.0, max_bytes=10**9).samples == 60
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    assert file.stat().st_size < before / 4


@pytest.mark.parametrize(
    ("statement", "ask"),
    [
        ("UPDATE evidence_stratum SET exchanges = 'x'", lambda store: store.tallies()),
        ("UPDATE evidence_stratum SET latency = '[]'", lambda store: store.tallies()),
        ("UPDATE evidence_stratum SET exchanges = 'x'", lambda store: store.add([a_record(2)])),
        ("UPDATE evidence_group SET causes = '{'", lambda store: store.groups(GroupQuery())),
        ("UPDATE evidence_sample SET document = '{}'", lambda store: store.get("r-s-1")),
        ("UPDATE evidence_stratum SET exchanges = CAST(x'ff22' AS TEXT)", lambda store: store.tallies()),
    ],
)
def test_a_row_that_cannot_be_read_is_damage(file: Path, open_file: Open, statement: str, ask) -> None:
    """Case 142: flipped bytes that no check of the database finds."""
    store = open_file()
    store.add([a_record(1, Verdict.MISMATCH, sample=a_sample())])
    connection = sqlite3.connect(file)
    with connection:
        connection.execute(statement)
    connection.close()
    with pytest.raises(EvidenceCorrupt):
        ask(store)


def test_a_batch_is_whole_or_not_at_all(open_file: Open) -> None:
    store = open_file()
    with pytest.raises(ValueError, match=r"."):
        store.add([a_record(1), a_record(2, route="\udc80")])
    assert store.tallies() == []
