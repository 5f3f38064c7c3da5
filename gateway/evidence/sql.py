"""Evidence in SQLite or PostgreSQL: the same tables, the same queries, one writer at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection, Engine, Row
from sqlalchemy.sql import Select

from gateway.errors import EvidenceCorrupt, EvidenceUnavailable
from gateway.evidence.dialect import bare, explained, give_back, writing
from gateway.evidence.fold import fold
from gateway.evidence.history import HOUR, Period
from gateway.evidence.latency import LatencyPairs
from gateway.evidence.record import Record
from gateway.evidence.sample import Sample, read_sample
from gateway.evidence.sql_add import Adding
from gateway.evidence.sql_groups import Groups
from gateway.evidence.sql_history import add_history, history_query, hours_until, period_of, prune_history
from gateway.evidence.sql_prune import prune
from gateway.evidence.sqlite_file import SqliteFile
from gateway.evidence.store import CauseTally, Group, GroupPage, GroupQuery, Limits, Pruned, StratumTally
from gateway.evidence.tables import describe
from gateway.parity.difference import Verdict
from gateway.parity.tally import Tally

_CHUNK = 500


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
        self._tallies: dict[int, tuple[tuple[Any, ...], StratumTally]] = {}

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
        order = (table.c.route, table.c.epoch, table.c.stratum)
        with self._reading() as connection:
            # The latencies are most of a row, and change with its counts only: a row that else is the same, is.
            heads = select(*(column for column in table.c if column is not table.c.latency))
            found = {
                row.id: tuple(row) for row in connection.execute(_of(heads, table.c, route, epoch).order_by(*order))
            }
            known = self._tallies
            changed = [number for number, head in found.items() if number not in known or known[number][0] != head]
            for start in range(0, len(changed), _CHUNK):
                rows = connection.execute(select(table).where(table.c.id.in_(changed[start : start + _CHUNK])))
                known.update((row.id, (found[row.id], _tally(row))) for row in rows)
        return [known[number][1] for number in found]

    def groups(self, query: GroupQuery, /) -> GroupPage:
        """A page of mismatches by signature."""
        with self._reading() as connection:
            return Groups(connection, self._tables).page(query)

    def group_of(self, sample_id: str, /) -> Group | None:
        """The group that a sample belongs to."""
        with self._reading() as connection:
            return Groups(connection, self._tables).of_sample(sample_id)

    def causes(self, route: str | None = None) -> list[CauseTally]:
        """What mismatches are caused by, by route and epoch."""
        with self._reading() as connection:
            return Groups(connection, self._tables).causes(route)

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

    def add_history(self, periods: Sequence[Period], /) -> None:
        """Add to what is known of these periods."""
        with explained("history could not be stored"), writing(self._engine) as connection:
            add_history(connection, self._tables, periods)
        self._require_same_file()

    def history(self, keys: Sequence[str], *, since: float, step: int) -> list[Period]:
        """What `keys` did, in periods of `step` seconds."""
        return [period_of(row) for row in self._read(history_query(self._tables, keys, since, step))]

    def hours_until(self) -> float | None:
        """When the newest period ends of which only the hour is known."""
        (row,) = self._read(hours_until(self._tables))
        return None if row[0] is None else float(row[0]) + HOUR

    def prune(self, *, now: float, max_age: float, max_bytes: int) -> Pruned:
        """Let go of what is too old, and of what is too much."""
        with explained("old evidence could not be removed"):
            with writing(self._engine) as connection:
                gone = prune(connection, self._tables, before=now - max_age, max_bytes=max_bytes)
                prune_history(connection, self._tables, now=now, max_age=max_age, max_bytes=max_bytes)
            if self._file is not None and gone != Pruned():
                with bare(self._engine) as connection:
                    give_back(connection)
        return gone

    def close(self) -> None:
        """Let go of the connections."""
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """One view of the store, however many questions are asked."""
        with explained("evidence could not be read"), self._engine.connect() as connection, connection.begin():
            yield connection

    def _read(self, query: Select[Any]) -> Sequence[Row[Any]]:
        with self._reading() as connection:
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
