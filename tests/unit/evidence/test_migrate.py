"""Versions of the schema."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.errors import EvidenceRefused
from gateway.evidence.migrate import newest
from gateway.evidence.sql import SqlStore
from tests.support.records import a_record

Open = Callable[[], SqlStore]


def execute(file: Path, statement: str) -> None:
    connection = sqlite3.connect(file)
    with connection:
        connection.execute(statement)
    connection.close()


def test_opening_again_changes_nothing(file: Path, open_file: Open, told) -> None:
    first = open_file()
    first.add([a_record(1)])
    assert open_file().tallies() == first.tallies()
    assert told == []


def test_a_later_releases_store_is_refused_and_left_as_it_is(file: Path, open_file: Open, told) -> None:
    """Case 198: never silently dropped."""
    open_file().add([a_record(1)])
    execute(file, "UPDATE evidence_version SET version_num = '9999'")
    with pytest.raises(EvidenceRefused, match=rf"schema 9999, written by a later release; this one knows {newest()}"):
        open_file()
    execute(file, f"UPDATE evidence_version SET version_num = '{newest()}'")  # noqa: S608 - our own number
    assert len(open_file().tallies()) == 1
    assert told == []
    assert not list(file.parent.glob("*.corrupt-*"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE evidence_version SET version_num = 'nonsense'",
        "DROP TABLE evidence_version",
        "DROP TABLE evidence_noise",
        "ALTER TABLE evidence_stratum DROP COLUMN differing",
    ],
)
def test_a_schema_that_no_release_has_written_is_put_aside(file: Path, open_file: Open, told, statement: str) -> None:
    """Case 142: wrong schema."""
    open_file().add([a_record(1)])
    execute(file, statement)
    assert open_file().tallies() == []
    assert told.names == ["evidence_quarantined"]
    assert len(list(file.parent.glob("*.corrupt-*Z"))) == 1


def test_a_version_that_was_never_written_is_the_first(file: Path, open_file: Open) -> None:
    """A migration is one transaction: killed in the middle, it was never there."""
    open_file().close()
    connection = sqlite3.connect(file)
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert connection.execute("SELECT version_num FROM evidence_version").fetchall() == [(newest(),)]
    connection.close()
    assert "evidence_stratum" in tables
