"""The tables as the queries know them."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from gateway.evidence.dialect import engine_for, parse
from gateway.evidence.opening import open_store
from gateway.evidence.tables import VERSION_TABLE, describe


def test_the_steps_build_what_the_queries_expect(tmp_path: Path, told) -> None:
    url = f"sqlite:///{tmp_path}/e.sqlite3"
    open_store(url, on_event=told).close()
    engine = engine_for(parse(url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        assert compare_metadata(context, describe().metadata) == []
    engine.dispose()


def test_two_stores_share_no_description() -> None:
    assert describe().metadata is not describe().metadata
