"""History in tables: added to by the one writer, added up by the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Row
from sqlalchemy.sql import Select

from gateway.evidence.history import HOUR, MINUTE, Period, fold_before, room_in
from gateway.evidence.tables import LEGACY_TIMES, NUMBERS, V2_TIMES, Tables


def add_history(connection: Connection, tables: Tables, periods: Sequence[Period]) -> None:
    """Add to what is known of these periods; several gateways may count for one store."""
    rows = [_values(one) for one in periods if not one.is_empty]
    if rows:
        connection.execute(_adding(connection, tables), rows)


def history_query(tables: Tables, keys: Sequence[str], since: float, step: int) -> Select[Any]:
    """The periods of `keys` from `since` on, in steps of `step` seconds; `period_of` reads a row."""
    table = tables.history
    start = (table.c.start - table.c.start % step).label("start")
    sums = [func.sum(table.c[name]).label(name) for name in NUMBERS]
    return (
        select(table.c.key, start, literal(step).label("step"), *sums)
        .where(table.c.key.in_(keys), table.c.start >= int(since))
        .group_by(table.c.key, start)
        .order_by(start, table.c.key)
    )


def minutes_since(tables: Tables) -> Select[Any]:
    """The oldest minute that is still one; None when there is none."""
    return select(func.min(tables.history.c.start)).where(tables.history.c.step == MINUTE)


def hours_until(tables: Tables) -> Select[Any]:
    """The newest hour; None when there is none."""
    return select(func.max(tables.history.c.start)).where(tables.history.c.step == HOUR)


def period_of(row: Row[Any]) -> Period:
    """A row as what it says. Sums are exact, though PostgreSQL makes them decimals."""
    legacy, v2 = (tuple(int(getattr(row, name)) for name in names) for names in (LEGACY_TIMES, V2_TIMES))
    return Period(
        row.key, row.start, row.step, int(row.legacy), int(row.v2), int(row.agreed), int(row.differed), legacy, v2
    )


def prune_history(connection: Connection, tables: Tables, *, now: float, max_age: float, max_bytes: int) -> None:
    """Make hours of old minutes, and let go of old hours."""
    table, room = tables.history, room_in(max_bytes)
    cutoff = fold_before(now, _beyond(connection, tables, MINUTE, room.minutes))
    old = (table.c.step == MINUTE) & (table.c.start < cutoff)
    hour = (table.c.start - table.c.start % HOUR).label("hour")
    sums = [func.sum(table.c[name]).label(name) for name in NUMBERS]
    folded = select(table.c.key, literal(HOUR).label("step"), hour, *sums).where(old).group_by(table.c.key, hour)
    connection.execute(_adding(connection, tables, folded))
    connection.execute(delete(table).where(old))
    beyond = _beyond(connection, tables, HOUR, room.hours)
    last = max(now - max_age - HOUR, -1 if beyond is None else beyond)
    connection.execute(delete(table).where(table.c.step == HOUR, table.c.start <= last))


def _beyond(connection: Connection, tables: Tables, step: int, room: int) -> int | None:
    """The start of the newest period of a step that there is no room for."""
    table = tables.history
    query = select(table.c.start).where(table.c.step == step).order_by(table.c.start.desc()).offset(room).limit(1)
    return connection.execute(query).scalar()


def _adding(connection: Connection, tables: Tables, rows: Select[Any] | None = None) -> Any:
    """An insert that adds to the rows that are there. Both databases say it alike, by dialects of their own."""
    insert: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(tables.history)
    if rows is not None:
        statement = statement.from_select(["key", "step", "start", *NUMBERS], rows)
    sums = {name: tables.history.c[name] + statement.excluded[name] for name in NUMBERS}
    return statement.on_conflict_do_update(index_elements=["key", "step", "start"], set_=sums)


def _values(one: Period) -> dict[str, Any]:
    numbers = (one.legacy, one.v2, one.agreed, one.differed)
    values: dict[str, Any] = {"key": one.key, "step": one.step, "start": one.start}
    values |= dict(zip(("legacy", "v2", "agreed", "differed"), numbers, strict=True))
    for names, times in ((LEGACY_TIMES, one.legacy_times), (V2_TIMES, one.v2_times)):
        values |= {name: times[bucket] if bucket < len(times) else 0 for bucket, name in enumerate(names)}
    return values
