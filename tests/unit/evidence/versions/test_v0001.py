"""The first step of the schema."""

from __future__ import annotations

from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine, inspect

from gateway.evidence.tables import describe
from gateway.evidence.versions import v0001


def test_it_builds_every_table_and_takes_it_away_again(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/e.sqlite3")
    names = {table.name for table in describe().metadata.sorted_tables} - {"evidence_history"}
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        v0001.upgrade()
        assert set(inspect(connection).get_table_names()) == names
        v0001.downgrade()
        assert inspect(connection).get_table_names() == []
    engine.dispose()
