"""What the application holds while it runs, opened and closed by its lifespan, and how endpoints get it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

import httpx
from fastapi import Depends
from sqlalchemy import Delete, Insert, RowMapping, Select, Update, event
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.sql.dml import ReturningInsert
from starlette.requests import HTTPConnection

from v2.cache import Cache, build_cache
from v2.settings import Settings


class Database:
    """Every statement is a transaction of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def all(self, statement: Select[Any]) -> Sequence[RowMapping]:
        """The rows."""
        async with self._engine.connect() as connection:
            found: Sequence[RowMapping] = (await connection.execute(statement)).mappings().all()
            return found

    async def first(self, statement: Select[Any]) -> RowMapping | None:
        """The first row."""
        async with self._engine.connect() as connection:
            found: RowMapping | None = (await connection.execute(statement)).mappings().first()
            return found

    async def scalar(self, statement: Select[Any] | ReturningInsert[Any]) -> Any:
        """The first value of the first row; None where there is none."""
        async with self._engine.connect() as connection:
            return await connection.scalar(statement)

    async def stream(self, statement: Select[Any], at_once: int) -> AsyncIterator[RowMapping]:
        """The rows, of which `at_once` are held at a time: in a transaction, since PostgreSQL's cursors live in one."""
        async with self._engine.connect() as connection:
            await connection.execution_options(isolation_level=connection.dialect.default_isolation_level)
            found = await connection.stream(statement, execution_options={"yield_per": at_once})
            async for row in found.mappings():
                yield row

    async def execute(self, statement: Insert | Update | Delete) -> int:
        """Write; returns how many rows were written."""
        async with self._engine.connect() as connection:
            return (await connection.execute(statement)).rowcount


@dataclass(frozen=True, slots=True)
class Resources:
    """One event loop's: its pools must not be used from another."""

    settings: Settings
    database: Database
    http: httpx.AsyncClient
    cache: Cache


@asynccontextmanager
async def open_resources(settings: Settings) -> AsyncIterator[Resources]:
    """Open the pools. Nothing connects before the first request."""
    async with AsyncExitStack() as stack:
        engine = create_async_engine(
            settings.async_database_url,
            isolation_level="AUTOCOMMIT",
            skip_autocommit_rollback=True,
        )
        stack.push_async_callback(engine.dispose)
        if engine.dialect.name == "sqlite":
            event.listen(engine.sync_engine, "connect", _configure_sqlite)
        # One client, so one pool: connections to the partner and to the CMS are kept.
        http = await stack.enter_async_context(
            httpx.AsyncClient(timeout=settings.partner_timeout, follow_redirects=True),
        )
        cache = build_cache(settings)
        stack.push_async_callback(cache.close)
        yield Resources(settings, Database(engine), http, cache)


def _configure_sqlite(connection: AsyncAdapt_aiosqlite_connection, _record: object) -> None:
    """As the legacy application does: both write, and a reference to nobody is refused or emptied."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=30000")
    cursor.close()


# FastAPI hands a plain function to a thread; these do not wait, so they are coroutines.
async def _resources(connection: HTTPConnection) -> Resources:
    found = connection.app.state.resources
    if not isinstance(found, Resources):
        raise TypeError("the lifespan has not run")
    return found


Held = Annotated[Resources, Depends(_resources)]


async def _database(held: Held) -> Database:
    return held.database


Db = Annotated[Database, Depends(_database)]
