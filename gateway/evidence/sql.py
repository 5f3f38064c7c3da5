"""Evidence in SQLite or PostgreSQL: the same tables, the same queries, one writer at a time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, Row, Select, insert, select, update

from gateway.errors import EvidenceCorrupt, EvidenceUnavailable
from gateway.evidence.dialect import bare, explained, give_back, writing
from gateway.evidence.fold import fold
from gateway.evidence.latency import LatencyPairs
from gateway.evidence.record import Record
from gateway.evidence.sample import Sample, read_sample
from gateway.evidence.select import select_groups
from gateway.evidence.sql_add import Adding
from gateway.evidence.sql_prune import prune
from gateway.evidence.sqlite_file import SqliteFile
from gateway.evidence.store import Group, Limits, Pruned, StratumTally
from gateway.evidence.tables import describe
from gateway.parity.difference import Verdict
from gateway.parity.tally import Tally


class SqlStore:
    """An EvidenceStore on an engine whose schema is the newest. `file` is SQLite's, None for a server.

    May be used on several threads.
    """

    def __init__(self, engine: Engine, *, file: SqliteFile | None = None, limits: Limits | None = None) -> None:
        self._engine = engine
        self._file = file
        self._identity = file.identity() if file is not None else None
        self._limits = limits or Limits()
        self._tables = describe()

    def add(self, batch: Sequence[Record], /) -> None:
        """Take in a batch, whole or not at all."""
        folded = fold(batch)
        with explained("evidence could not be stored"), writing(self._engine) as connection:
            adding = Adding(connection, self._tables, self._limits)
            for stratum, gain in folded.strata.items():
                adding.stratum(stratum, gain)
            for group, more in folded.groups.items():
                adding.group(group, more)
        self._require_same_file()

    def tallies(self, route: str | None = None, epoch: str | None = None) -> list[StratumTally]:
        """The counts, by route, epoch and stratum."""
        table = self._tables.stratum
        query = _of(select(table), table.c, route, epoch).order_by(table.c.route, table.c.epoch, table.c.stratum)
        return [_tally(row) for row in self._read(query)]

    def groups(
        self,
        route: str | None = None,
        *,
        epoch: str | None = None,
        cause: str | None = None,
        field: str | None = None,
        limit: int = 100,
    ) -> list[Group]:
        """Mismatches by signature, the most frequent first."""
        table, sample = self._tables.group, self._tables.sample
        rows = self._read(_of(select(table), table.c, route, epoch))
        found = select_groups((_group(row, ()) for row in rows), cause, field, limit)
        if not found:
            return []
        wanted = {(group.route, group.signature) for group in found}
        numbers = {row.id: (row.route, row.signature) for row in rows if (row.route, row.signature) in wanted}
        ids: dict[int, list[str]] = {}
        query = select(sample.c.id, sample.c.group_id).order_by(sample.c.time, sample.c.id)
        if route is not None:
            query = query.where(sample.c.route == route)
        for row in self._read(query):
            ids.setdefault(row.group_id, []).append(row.id)
        complete = (_group(row, tuple(ids.get(row.id, ()))) for row in rows if row.id in numbers)
        return select_groups(complete, cause, field, limit)

    def get(self, sample_id: str, /) -> Sample | None:
        """One sample in full."""
        table = self._tables.sample
        rows = self._read(select(table).where(table.c.id == sample_id))
        if not rows:
            return None
        (row,) = rows
        try:
            return read_sample(row.document, (row.request_body, row.legacy_body, row.v2_body))
        except ValueError as error:
            raise EvidenceCorrupt(f"sample {sample_id}: {error}") from error

    def noise(self, route: str, /) -> str | None:
        """What was saved of a route's learned noise."""
        table = self._tables.noise
        rows = self._read(select(table.c.state).where(table.c.route == route))
        return str(rows[0].state) if rows else None

    def save_noise(self, route: str, state: str, /) -> None:
        """Keep a route's learned noise, in place of what was kept before."""
        table = self._tables.noise
        with explained("noise could not be stored"), writing(self._engine) as connection:
            changed = connection.execute(update(table).where(table.c.route == route).values(state=state))
            if changed.rowcount == 0:
                connection.execute(insert(table).values(route=route, state=state))
        self._require_same_file()

    def prune(self, *, now: float, max_age: float, max_bytes: int) -> Pruned:
        """Let go of what is too old, and of what is too much."""
        with explained("old evidence could not be removed"):
            with writing(self._engine) as connection:
                gone = prune(connection, self._tables, before=now - max_age, max_bytes=max_bytes)
            if self._file is not None and gone != Pruned():
                with bare(self._engine) as connection:
                    give_back(connection)
        return gone

    def close(self) -> None:
        """Let go of the connections."""
        self._engine.dispose()

    def _read(self, query: Select[Any]) -> Sequence[Row[Any]]:
        with explained("evidence could not be read"), self._engine.connect() as connection:
            return connection.execute(query).all()

    def _require_same_file(self) -> None:
        """What was committed to a file that is no longer there is lost, so it has to be added again elsewhere."""
        if self._file is not None and self._file.identity() != self._identity:
            raise EvidenceUnavailable(f"{self._file.path} was removed or replaced")


def _of(query: Select[Any], columns: Any, route: str | None, epoch: str | None) -> Select[Any]:
    if route is not None:
        query = query.where(columns.route == route)
    return query if epoch is None else query.where(columns.epoch == epoch)


def _tally(row: Row[Any]) -> StratumTally:
    try:
        exchanges = {Verdict(verdict): int(number) for verdict, number in json.loads(row.exchanges).items()}
        latency = LatencyPairs.from_json(row.latency)
    except (ValueError, TypeError, AttributeError) as error:
        raise EvidenceCorrupt(f"the tally of {row.route} cannot be read: {error}") from error
    tally = Tally(exchanges, row.shapes, row.differing)
    return StratumTally(row.route, row.epoch, row.stratum, tally, latency, row.unrecorded, row.first, row.last)


def _group(row: Row[Any], samples: tuple[str, ...]) -> Group:
    try:
        causes, locations = tuple(json.loads(row.causes)), tuple(json.loads(row.locations))
    except (ValueError, TypeError) as error:
        raise EvidenceCorrupt(f"a group of {row.route} cannot be read: {error}") from error
    return Group(row.route, row.signature, row.mismatches, row.first, row.last, causes, locations, samples)
