"""A database of its own for every sample that is started: an SQLite file, or a database on a PostgreSQL server.

`SAMPLE_DATABASE_URL=postgresql+psycopg://127.0.0.1/postgres` runs the whole suite on that server.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url


@contextmanager
def scratch_database(folder: Path, server: str | None = None) -> Iterator[str]:
    """The URL of a new database; on a server it is dropped at the end."""
    server = server or os.environ.get("SAMPLE_DATABASE_URL")
    if server is None:
        yield f"sqlite:///{folder / 'sample.sqlite3'}"
        return
    name = f"sample_{uuid.uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        engine.dispose()
