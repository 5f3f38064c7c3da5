"""URLs, and what errors mean."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.exc import DataError, OperationalError

from gateway.errors import EvidenceCorrupt, EvidenceRefused, EvidenceUnavailable
from gateway.evidence.dialect import bare, engine_for, explained, parse, writing


@pytest.mark.parametrize("url", ["postgres://u@h/n", "postgresql://u@h/n", "postgresql+psycopg://u@h/n"])
def test_postgresql_is_asked_through_psycopg(url: str) -> None:
    assert parse(url).drivername == "postgresql+psycopg"


@pytest.mark.parametrize("url", ["nonsense", "mysql://h/n", "sqlite://", "sqlite:///:memory:", "postgresql://h:x/n"])
def test_a_url_that_names_no_store_is_refused(url: str) -> None:
    with pytest.raises(EvidenceRefused):
        parse(url)


def test_a_missing_driver_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    with pytest.raises(EvidenceRefused, match=r"flask-fastapi-gateway\[postgresql\]"):
        engine_for(parse("postgresql://u@h/n"))


def an_error(code: int, message: str) -> sqlite3.DatabaseError:
    error = sqlite3.OperationalError(message)
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("original", "meaning"),
    [
        (an_error(sqlite3.SQLITE_CORRUPT | 2 << 8, "malformed"), EvidenceCorrupt),
        (an_error(sqlite3.SQLITE_NOTADB, "not a database"), EvidenceCorrupt),
        (sqlite3.OperationalError("Could not decode to UTF-8 column 'x'"), EvidenceCorrupt),
        (an_error(sqlite3.SQLITE_BUSY, "locked"), EvidenceUnavailable),
        (an_error(sqlite3.SQLITE_FULL, "full"), EvidenceUnavailable),
        (an_error(sqlite3.SQLITE_READONLY, "readonly"), EvidenceUnavailable),
    ],
)
def test_what_an_error_means(original: sqlite3.Error, meaning: type[Exception]) -> None:
    with pytest.raises(meaning) as caught, explained("x"):
        raise OperationalError("INSERT", {"password": "CANARY"}, original)
    assert "CANARY" not in str(caught.value)


def test_a_record_that_no_store_takes_is_a_value_error() -> None:
    class Refusal(Exception):
        pass

    Refusal.__name__ = "DataError"
    with pytest.raises(ValueError, match="DataError") as caught, explained("x"):
        raise DataError("INSERT", {"password": "CANARY"}, Refusal("CANARY"))
    assert "CANARY" not in str(caught.value)


def test_a_transaction_is_begun_when_it_says_so_and_undone_when_it_fails(tmp_path: Path) -> None:
    engine = engine_for(parse(f"sqlite:///{tmp_path}/e.sqlite3"))
    with writing(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE t (x)")
    with pytest.raises(RuntimeError), writing(engine) as connection:  # noqa: PT012 - what comes before is undone
        connection.exec_driver_sql("CREATE TABLE u (x)")
        connection.exec_driver_sql("INSERT INTO t VALUES (1)")
        raise RuntimeError
    with bare(engine) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM t").scalar_one() == 0
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert connection.exec_driver_sql("PRAGMA auto_vacuum").scalar_one() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
    engine.dispose()


def test_a_message_that_quotes_a_damaged_schema_says_that_it_is_damaged() -> None:
    """SQLite's own message is not always text; it comes from a listener, so that SQLAlchemy does not wrap it."""
    with pytest.raises(EvidenceCorrupt), explained("x"):
        b"\xaa".decode()
