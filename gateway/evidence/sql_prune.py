"""Letting go of rows that are too old or too many. Runs in a transaction of the only writer."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, delete, func, select
from sqlalchemy.engine import Connection

from gateway.evidence.retention import SHAPE_BYTES, Age, Kept, stale_epochs, superfluous
from gateway.evidence.store import Pruned
from gateway.evidence.tables import Tables

_CHUNK = 500


def prune(connection: Connection, tables: Tables, *, before: float, max_bytes: int) -> Pruned:
    """Delete what was last seen `before` that time, then what is over `max_bytes`. Samples go with their group."""
    counted = (tables.sample, tables.group, tables.stratum)
    numbers = [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in counted]
    connection.execute(delete(tables.sample).where(tables.sample.c.time < before))
    connection.execute(delete(tables.group).where(tables.group.c.last < before))
    connection.execute(delete(tables.stratum).where(tables.stratum.c.last < before))
    _shrink(connection, tables, max_bytes)
    left = [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in counted]
    return Pruned(*(old - new for old, new in zip(numbers, left, strict=True)))


def _shrink(connection: Connection, tables: Tables, budget: int) -> None:
    stratum, sample = tables.stratum, tables.sample
    strata = select(stratum.c.route, stratum.c.epoch, stratum.c.last, stratum.c.shapes)
    ages = [Age(*row) for row in connection.execute(strata)]
    shapes = sum(age.shapes for age in ages) * SHAPE_BYTES
    for route, epoch in stale_epochs(ages, budget // 2):
        connection.execute(delete(stratum).where(and_(stratum.c.route == route, stratum.c.epoch == epoch)))
        shapes -= sum(age.shapes for age in ages if (age.route, age.epoch) == (route, epoch)) * SHAPE_BYTES
    query = select(sample.c.id, sample.c.route, sample.c.group_id, sample.c.time, sample.c.size)
    kept = [Kept(*row) for row in connection.execute(query)]
    _delete_samples(connection, tables, superfluous(kept, max(budget - shapes, budget // 2)))


def _delete_samples(connection: Connection, tables: Tables, ids: Sequence[str]) -> None:
    for start in range(0, len(ids), _CHUNK):
        connection.execute(delete(tables.sample).where(tables.sample.c.id.in_(ids[start : start + _CHUNK])))
