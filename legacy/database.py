"""Creating and filling the database, once, however many workers start at the same time."""

import fcntl
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import event, select, text

from legacy import seed, tables
from legacy.extensions import db

LOCK_NUMBER = 2019  # of PostgreSQL's advisory lock; any number that nobody else uses


def prepare(app):
    """Create the tables and, if asked to and if they are empty, the demo content."""
    with app.app_context():
        engine = db.engine
        if engine.dialect.name == "sqlite":
            _prepare_sqlite(app, engine)
        else:
            with engine.begin() as connection:
                connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": LOCK_NUMBER})
                _create_and_fill(app, connection)
        engine.dispose()  # a server may fork after this, and connections must not be shared


def _prepare_sqlite(app, engine):
    event.listen(engine, "connect", _configure_sqlite)
    if not engine.url.database or engine.url.database == ":memory:":
        with engine.begin() as connection:
            _create_and_fill(app, connection)
        return
    path = Path(engine.url.database)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _file_lock(path.with_name(path.name + ".lock")):
        with engine.connect() as connection:
            # Readers do not wait for a writer. The mode is kept in the file.
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        with engine.begin() as connection:
            _create_and_fill(app, connection)


def _configure_sqlite(connection, record):
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA busy_timeout=30000")
    connection.execute("PRAGMA synchronous=NORMAL")


@contextmanager
def _file_lock(path):
    with open(path, "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _create_and_fill(app, connection):
    tables.metadata.create_all(connection)
    if app.config["SEED"] and connection.scalar(select(tables.departments.c.id).limit(1)) is None:
        seed.fill(connection)
