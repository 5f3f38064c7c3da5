"""Opens a store in a database: makes it, migrates it, and puts a damaged one aside. `opening.py` is the way in."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.engine import Connection, Engine

from gateway.errors import EvidenceCorrupt, EvidenceRefused, EvidenceUnavailable
from gateway.evidence.dialect import APPLICATION_ID, bare, engine_for, explained, parse, writing
from gateway.evidence.migrate import migrate
from gateway.evidence.opening import Notice
from gateway.evidence.sql import SqlStore
from gateway.evidence.sqlite_file import SqliteFile
from gateway.evidence.store import Limits
from gateway.evidence.tables import VERSION_TABLE


def open_store(url: str, *, on_event: Notice, limits: Limits | None = None) -> SqlStore:
    """Open a store for writing, ready for use. Blocks; run it off the loop.

    A damaged SQLite file of ours is renamed and a new one begun; `on_event` is told. Raises EvidenceUnavailable while
    it cannot be reached, EvidenceRefused for a later release's or somebody else's, which is left as it is.
    """
    parsed = parse(url)
    engine = engine_for(parsed)
    if parsed.database is None or parsed.get_backend_name() != "sqlite":
        return _opened(engine, None, limits)
    file = SqliteFile(Path(parsed.database))
    with file.locked():
        file.prepare()
        try:
            return _opened(engine, file, limits)
        except EvidenceCorrupt as error:
            aside = file.put_aside()
            on_event("evidence_quarantined", f"{error}. It is kept as {aside}, and a new store was begun")
        file.prepare()
        return _opened(engine_for(parsed), file, limits)


def read_store(url: str) -> SqlStore:
    """Open a store that is there, for a command that only reads. Nothing is made, migrated or put aside.

    Raises EvidenceUnavailable when there is none, and the others as `open_store` does.
    """
    parsed = parse(url)
    if parsed.get_backend_name() == "sqlite" and not Path(str(parsed.database)).is_file():
        raise EvidenceUnavailable(f"there is no evidence at {parsed.database}; it is written while a gateway shadows")
    file = SqliteFile(Path(str(parsed.database))) if parsed.get_backend_name() == "sqlite" else None
    return SqlStore(engine_for(parsed), file=file)


def _opened(engine: Engine, file: SqliteFile | None, limits: Limits | None) -> SqlStore:
    try:
        with explained("the evidence store cannot be opened"):
            if file is not None:
                _check_sqlite(engine, file)
            with writing(engine) as connection:
                if file is not None:
                    connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
                migrate(connection)
        return SqlStore(engine, file=file, limits=limits)
    except BaseException:
        engine.dispose()
        raise


def _check_sqlite(engine: Engine, file: SqliteFile) -> None:
    """That the file is whole, and ours or new."""
    with bare(engine) as connection:
        tables = inspect(connection).get_table_names()
        found = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
        if tables and found != APPLICATION_ID:
            raise EvidenceRefused(
                f"{file.path} is a database of something else ({', '.join(tables[:3])}); name a file of its own with "
                "GATEWAY_EVIDENCE"
            )
        _require_whole(connection, file)
        if tables and VERSION_TABLE not in tables:
            raise EvidenceCorrupt(f"{file.path} has tables of evidence, but not their version")


def _require_whole(connection: Connection, file: SqliteFile) -> None:
    findings = connection.exec_driver_sql("PRAGMA quick_check(3)").scalars().all()
    if findings != ["ok"]:
        raise EvidenceCorrupt(f"{file.path} is damaged: {' '.join(' '.join(map(str, findings)).split())}")
