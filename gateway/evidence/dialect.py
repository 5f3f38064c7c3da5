"""What SQLite and PostgreSQL do differently: connecting, one writer at a time, and what their errors mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from gateway.errors import EvidenceCorrupt, EvidenceRefused, EvidenceUnavailable

APPLICATION_ID = 0x47_57_45_56
"""`GWEV` in the header of an SQLite file: that it is a store of this gateway, so it may be put aside when damaged."""
BUSY_SECONDS = 2.0
"""How long a write waits for another process's; the writer tries again, and can be stopped in between."""
_BEGIN = "gateway_begin"
_SQLITE = ("synchronous=NORMAL", "foreign_keys=ON", "journal_size_limit=16777216")
_ADVISORY_LOCK = 0x6761_7465
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_POSTGRESQL = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg"}


def parse(url: str) -> URL:
    """A store's URL. Raises EvidenceRefused for one that names no store."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise EvidenceRefused(
            "GATEWAY_EVIDENCE is no URL of a store; write sqlite:///path, postgresql://user@host/name, or off"
        ) from error
    parsed = parsed.set(drivername=_POSTGRESQL.get(parsed.drivername, parsed.drivername))
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise EvidenceRefused(f"evidence is kept in SQLite or PostgreSQL, not in {parsed.get_backend_name()}")
    if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise EvidenceRefused("the URL of an SQLite store has to name a file: sqlite:///path")
    return parsed


def engine_for(url: URL) -> Engine:
    """An engine whose transactions begin when they are begun. Raises EvidenceRefused without the driver."""
    try:
        if url.get_backend_name() == "sqlite":
            engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        options = f"-c lock_timeout={BUSY_SECONDS:.0f}s -c statement_timeout=30s"
        return create_engine(
            url, pool_size=2, pool_pre_ping=True, connect_args={"connect_timeout": 5, "options": options}
        )
    except (ImportError, NoSuchModuleError) as error:
        raise EvidenceRefused(
            f"the driver of {url.drivername} is missing: pip install 'flask-fastapi-gateway[postgresql]'"
        ) from error


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that no other writer's overlaps, so that what was read in it is still true when it is written."""
    with engine.connect().execution_options(**{_BEGIN: "BEGIN IMMEDIATE"}) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
        yield connection


@contextmanager
def bare(engine: Engine) -> Iterator[Connection]:
    """SQLite without a transaction, for pragmas."""
    # Not AUTOCOMMIT: SQLAlchemy would give the connection back in the module's own mode, which begins by itself.
    with engine.connect().execution_options(**{_BEGIN: ""}) as connection:
        yield connection


def give_back(connection: Connection) -> None:
    """Let SQLite return free pages to the disk. `connection` is `bare`."""
    driver: Any = connection.connection.driver_connection
    # A pragma without rows is stepped once by `execute`, which would free one page; a script is run to its end.
    driver.executescript("PRAGMA incremental_vacuum")


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Tell what a database error means for the store. A record that cannot be stored at all is a ValueError."""
    try:
        yield
    except DBAPIError as error:
        raise _meaning(what, error) from error
    except SQLAlchemyError as error:
        raise EvidenceUnavailable(f"{what}: {error}") from error


def _meaning(what: str, error: DBAPIError) -> Exception:
    original = error.orig
    name = type(original).__name__
    if isinstance(original, UnicodeError | ValueError | OverflowError) or name in {"DataError", "InterfaceError"}:
        return ValueError(f"{what}: {name}")
    if isinstance(original, sqlite3.Error):
        code = getattr(original, "sqlite_errorcode", None) or 0
        # A flipped byte in a text is found by nobody but the decoder.
        if code & 0xFF in _DAMAGED or "Could not decode to UTF-8" in str(original):
            return EvidenceCorrupt(f"{what}: {original}")
    # Without the statement, whose parameters SQLAlchemy would add.
    return EvidenceUnavailable(f"{what}: {' '.join(str(original).split())}")


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the module would begin transactions by rules of its own
    cursor = connection.cursor()
    # Space that is let go of goes back to the disk. An empty database can be told so, until its log mode is set.
    for pragma in ("auto_vacuum=INCREMENTAL", "journal_mode=WAL", *_SQLITE):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    if statement := connection.get_execution_options().get(_BEGIN, "BEGIN"):
        connection.exec_driver_sql(statement)
