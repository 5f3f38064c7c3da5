"""Brings a store's schema to the newest version, inside the caller's transaction; nothing else is configured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, MigrationStep, RevisionStep
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from gateway.errors import EvidenceCorrupt, EvidenceRefused
from gateway.evidence.tables import VERSION_TABLE, describe


def newest() -> str:
    """The version that this release writes."""
    head = _scripts().get_current_head()
    if head is None:
        raise RuntimeError("the wheel carries no versions of the evidence schema")
    return head


def migrate(connection: Connection) -> None:
    """Bring the schema to the newest version; nothing is done to one that is there.

    Raises EvidenceRefused for a schema of a later release: its rows mean what this one cannot know. Raises
    EvidenceCorrupt for a schema that no release has written.
    """
    found = _version(connection)
    scripts = _scripts()
    head = scripts.get_current_head()
    if found is not None and found not in {script.revision for script in scripts.walk_revisions()}:
        if found.isdigit() and head is not None and int(found) > int(head):
            raise EvidenceRefused(
                f"the evidence store has schema {found}, written by a later release; this one knows {head}. "
                "Upgrade the gateway, or name another store with GATEWAY_EVIDENCE"
            )
        raise EvidenceCorrupt(f"the evidence store has schema {found!r}, which no release has written")
    if found != head:
        _run(connection, scripts)
    _check_columns(connection)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    rows = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalars().all()  # noqa: S608 - a constant
    return str(rows[0]) if rows else None


def _run(connection: Connection, scripts: ScriptDirectory) -> None:
    def steps(revision: Any, _context: MigrationContext) -> list[MigrationStep]:
        missing = list(scripts.iterate_revisions("heads", revision or "base"))
        return [RevisionStep(scripts.revision_map, script, is_upgrade=True) for script in reversed(missing)]

    with EnvironmentContext(Config(), scripts, fn=steps) as environment:
        environment.configure(
            connection=connection,
            version_table=VERSION_TABLE,
            render_as_batch=True,
            transactional_ddl=True,
        )
        environment.run_migrations()


def _check_columns(connection: Connection) -> None:
    """A version number is only a claim."""
    inspector = inspect(connection)
    for table in describe().metadata.sorted_tables:
        if not inspector.has_table(table.name):
            raise EvidenceCorrupt(f"the evidence store has no table {table.name}")
        columns = {column["name"] for column in inspector.get_columns(table.name)}
        if missing := {column.name for column in table.columns} - columns:
            raise EvidenceCorrupt(f"{table.name} of the evidence store lacks {', '.join(sorted(missing))}")


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(Path(__file__).parent))
