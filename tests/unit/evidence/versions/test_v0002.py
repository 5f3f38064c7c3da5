"""The second step of the schema."""

from __future__ import annotations

from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine, inspect

from gateway.evidence.opening import open_store
from gateway.evidence.store import GroupQuery
from gateway.evidence.tables import VERSION_TABLE, describe
from gateway.evidence.versions import v0001, v0002
from gateway.parity.difference import Verdict
from tests.support.records import a_record, a_sample


def test_both_steps_build_what_the_queries_use_and_the_second_can_be_taken_back(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/e.sqlite3")
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        v0001.upgrade()
        first = set(inspect(connection).get_table_names())
        v0002.upgrade()
        for table in describe().metadata.sorted_tables:
            columns = [column["name"] for column in inspect(connection).get_columns(table.name)]
            assert columns == [column.name for column in table.columns]
            indexes = {index["name"] for index in inspect(connection).get_indexes(table.name)}
            assert {index.name for index in table.indexes} <= indexes
        v0002.downgrade()
        assert set(inspect(connection).get_table_names()) == first
    engine.dispose()


def test_evidence_of_the_first_schema_is_kept(tmp_path: Path) -> None:
    """A release that knows only the first one wrote it; opening it brings it up and loses nothing."""
    url, nobody = f"sqlite:///{tmp_path}/e.sqlite3", lambda name, sentence: None
    store = open_store(url, on_event=nobody)
    store.add([a_record(1, Verdict.MISMATCH, sample=a_sample())])
    before = (store.tallies(), store.groups(GroupQuery()), store.get("r-s-1"))
    store.close()
    take_back(url)
    store = open_store(url, on_event=nobody)
    assert (store.tallies(), store.groups(GroupQuery()), store.get("r-s-1")) == before
    assert store.history(["r"], since=0, step=60) == []
    store.close()


def take_back(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        v0002.downgrade()
        connection.exec_driver_sql(f"UPDATE {VERSION_TABLE} SET version_num = '0001'")  # noqa: S608 - our own name
    engine.dispose()
