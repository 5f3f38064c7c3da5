"""Pages of groups: filtered, ordered, counted and cut by the database, whichever it is."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import false, func, or_, select, tuple_
from sqlalchemy.engine import Connection, Row
from sqlalchemy.sql import ColumnElement, Select

from gateway.errors import EvidenceCorrupt
from gateway.evidence.dialect import contains, one_of
from gateway.evidence.select import cause_pattern, field_patterns, select_groups
from gateway.evidence.store import CauseTally, Group, GroupPage, GroupQuery
from gateway.evidence.tables import Tables


class Groups:
    """Reads groups on one connection."""

    def __init__(self, connection: Connection, tables: Tables) -> None:
        self._connection = connection
        self._tables = tables

    def page(self, query: GroupQuery) -> GroupPage:
        """Queries for the groups, their number and their samples; none for each group."""
        wanted = self._wanted(query)
        return self._summed(query, wanted) if query.epochs is None else self._single(query, wanted)

    def of_sample(self, sample_id: str) -> Group | None:
        """The group of a sample."""
        group, sample = self._tables.group, self._tables.sample
        found = select(group).join(sample, sample.c.group_id == group.c.id).where(sample.c.id == sample_id)
        rows = self._connection.execute(found).all()
        samples = self._samples([row.id for row in rows])
        return _group(rows[0], samples.get(rows[0].id, ())) if rows else None

    def causes(self, route: str | None) -> list[CauseTally]:
        """How often each set of causes came."""
        table = self._tables.group
        columns = (table.c.route, table.c.epoch, table.c.causes)
        query = select(*columns, func.sum(table.c.mismatches)).group_by(*columns)
        if route is not None:
            query = query.where(table.c.route == route)
        rows = self._connection.execute(query).all()
        listed: dict[str, tuple[str, ...]] = {}  # many groups, few sets of causes: each is read once
        for row in rows:
            if row.causes not in listed:
                listed[row.causes] = _listed(row.route, row.causes)
        return [CauseTally(name, epoch, listed[causes], int(count)) for name, epoch, causes, count in rows]

    def _wanted(self, query: GroupQuery) -> list[ColumnElement[bool]]:
        table, connection = self._tables.group, self._connection
        found: list[ColumnElement[bool]] = []
        if query.route is not None:
            found.append(table.c.route == query.route)
        if query.epochs is not None:
            epochs = [pair for pair in query.epochs.items() if query.route in (None, pair[0])]
            found.append(one_of(connection, (table.c.route, table.c.epoch), epochs) if epochs else false())
        if query.cause is not None:
            found.append(contains(connection, table.c.causes, cause_pattern(query.cause)))
        if query.field is not None:
            patterns = field_patterns(query.field)
            found.append(or_(*(contains(connection, table.c.locations, pattern) for pattern in patterns)))
        return found

    def _single(self, query: GroupQuery, wanted: list[ColumnElement[bool]]) -> GroupPage:
        """One epoch of each route: a row is a group. It is found by an index alone, and read when it is on the page."""
        table = self._tables.group
        numbers = select(func.count(), func.coalesce(func.sum(table.c.mismatches), 0)).where(*wanted)
        found, mismatches = self._connection.execute(numbers).one()
        order = (table.c.mismatches.desc(), table.c.last.desc(), table.c.route, table.c.signature)
        ids: list[int] = []
        if query.offset < found:
            ids = list(
                self._connection.execute(_cut(select(table.c.id).where(*wanted).order_by(*order), query)).scalars()
            )
        rows = {row.id: row for row in self._connection.execute(select(table).where(table.c.id.in_(ids)))}
        samples = self._samples(ids)
        groups = tuple(_group(rows[number], samples.get(number, ())) for number in ids)
        return GroupPage(groups, found, int(mismatches))

    def _summed(self, query: GroupQuery, wanted: list[ColumnElement[bool]]) -> GroupPage:
        """Every epoch: the rows of a signature are a group."""
        table = self._tables.group
        key, mismatches = (table.c.route, table.c.signature), func.sum(table.c.mismatches)
        sums = select(*key, mismatches.label("mismatches"), func.max(table.c.last).label("last"))
        each = sums.where(*wanted).group_by(*key).subquery()
        # Summing up each group is most of the work: the two numbers do without it.
        found = self._connection.execute(
            select(func.count()).select_from(select(*key).where(*wanted).distinct().subquery())
        ).scalar_one()
        total = self._connection.execute(select(func.coalesce(mismatches, 0)).where(*wanted)).scalar_one()
        keys: list[tuple[str, str]] = []
        if query.offset < found:
            order = (each.c.mismatches.desc(), each.c.last.desc(), each.c.route, each.c.signature)
            page = _cut(select(each.c.route, each.c.signature).order_by(*order), query)
            keys = [(row.route, row.signature) for row in self._connection.execute(page)]
        parts = self._connection.execute(select(table).where(tuple_(*key).in_(keys))).all() if keys else []
        samples = self._samples([row.id for row in parts])
        shown = select_groups((_group(row, samples.get(row.id, ())) for row in parts), GroupQuery(limit=len(keys)))
        return GroupPage(shown.groups, found, int(total))

    def _samples(self, groups: list[int]) -> dict[int, tuple[str, ...]]:
        """Group -> ids of its samples, the oldest first."""
        if not groups:
            return {}
        table = self._tables.sample
        query = (
            select(table.c.id, table.c.group_id).where(table.c.group_id.in_(groups)).order_by(table.c.time, table.c.id)
        )
        found: dict[int, list[str]] = {}
        for row in self._connection.execute(query):
            found.setdefault(row.group_id, []).append(row.id)
        return {group: tuple(ids) for group, ids in found.items()}


def _cut(query: Select[Any], asked: GroupQuery) -> Select[Any]:
    return query.limit(asked.limit).offset(asked.offset)


def _group(row: Row[Any], samples: Iterable[str]) -> Group:
    return Group(
        row.route,
        row.signature,
        int(row.mismatches),
        row.first,
        row.last,
        _listed(row.route, row.causes),
        _listed(row.route, row.locations),
        tuple(samples),
    )


def _listed(route: str, text: str) -> tuple[str, ...]:
    try:
        return tuple(json.loads(text))
    except (ValueError, TypeError) as error:
        raise EvidenceCorrupt(f"a group of {route} cannot be read: {error}") from error
