"""What SQLite and PostgreSQL do differently: connecting, one writer at a time, and what their errors mean."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import String, create_engine, event, func, select, text, tuple_
from sqlalchemy import __version__ as sqlalchemy_version
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import QueuePool
from sqlalchemy.sql import ColumnElement

from gateway.errors import EvidenceCorrupt, EvidenceRefused, EvidenceUnavailable

APPLICATION_ID = 0x47_57_45_56
"""`GWEV` in the header of an SQLite file: that it is a store of this gateway, so it may be put aside when damaged."""
BUSY_SECONDS = 2.0
"""How long a write waits for another process's; the writer tries again, and can be stopped in between."""
_BEGIN = "gateway_begin"
_SQLITE = ("synchronous=NORMAL", "foreign_keys=ON", "journal_size_limit=16777216")
_ADVISORY_LOCK = 0x6761_7465
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_DRIVER = "postgresql+psycopg2" if sqlalchemy_version.startswith("1.") else "postgresql+psycopg"
"""SQLAlchemy 1.4, which an application may have pinned, does not know psycopg 3."""
_POSTGRESQL = dict.fromkeys(("postgres", "postgresql"), _DRIVER)


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
            engine = create_engine(
                url,
                future=True,
                poolclass=QueuePool,
                connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
            )
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        options = f"-c lock_timeout={BUSY_SECONDS:.0f}s -c statement_timeout=30s"
        return create_engine(
            url,
            future=True,
            pool_size=2,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 5, "options": options},
        )
    except (ImportError, NoSuchModuleError) as error:
        install = "psycopg2-binary" if _DRIVER.endswith("2") else "'flask-fastapi-gateway[postgresql]'"
        raise EvidenceRefused(f"the driver of {url.drivername} is missing: pip install {install}") from error


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that no other writer's overlaps, so that what was read in it is still true when it is written."""
    with engine.connect().execution_options(**{_BEGIN: "BEGIN IMMEDIATE"}) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
        yield connection


def contains(connection: Connection, column: ColumnElement[str], part: str) -> ColumnElement[bool]:
    """Whether a column has `part` in it, every letter as it is: LIKE has wildcards, and in SQLite no case."""
    found: Any = func.strpos if connection.dialect.name == "postgresql" else func.instr
    return found(column, part) > 0  # type: ignore[no-any-return]  # a comparison, whatever the function


def one_of(
    connection: Connection, columns: tuple[ColumnElement[str], ColumnElement[str]], pairs: list[tuple[str, str]]
) -> ColumnElement[bool]:
    """Whether two columns are one of these pairs. Thousands of them are one parameter, which costs nothing to bind."""
    listed = "SELECT value ->> 0, value ->> 1 FROM jsonb_array_elements(CAST(:pairs AS jsonb)) AS pair(value)"
    if connection.dialect.name == "sqlite":
        listed = "SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:pairs)"
    given = text(listed).bindparams(pairs=json.dumps(pairs)).columns(first=String, second=String)
    return tuple_(*columns).in_(given)


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
    except UnicodeDecodeError as error:  # what SQLite says of a damaged schema quotes it
        raise EvidenceCorrupt(f"{what}: {error}") from error


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
