"""What a batch changes in the tables. Runs in a transaction of the only writer, so it may read before it writes."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Table, and_, func, insert, select, update
from sqlalchemy.engine import Connection, Row

from gateway.errors import EvidenceCorrupt
from gateway.evidence.fold import Gain, GroupGain, GroupKey, StratumKey, admitted
from gateway.evidence.latency import LatencyPairs
from gateway.evidence.sample import Sample
from gateway.evidence.store import OTHERS, Limits
from gateway.evidence.tables import Tables

_CHUNK = 500
"""Values in one IN; SQLite's own limit may be as low as 999."""


class Adding:
    """One transaction's additions."""

    def __init__(self, connection: Connection, tables: Tables, limits: Limits) -> None:
        self._connection = connection
        self._tables = tables
        self._limits = limits

    def stratum(self, key: StratumKey, gain: Gain) -> None:
        """Add to a tally, and note its shapes."""
        table = self._tables.stratum
        row = self._find(table, key) or self._begin(table, key, gain)
        new, now_differing = self._shapes(row.id, gain)
        taken = admitted(new, row.shapes, self._limits.shapes)
        if taken:
            rows = [{"stratum_id": row.id, "shape": shape, "differs": differs} for shape, differs in taken.items()]
            self._connection.execute(insert(self._tables.shape), rows)
        try:
            exchanges, latency = json.loads(row.exchanges), LatencyPairs.from_json(row.latency)
            for verdict, number in gain.exchanges.items():
                exchanges[verdict.value] = exchanges.get(verdict.value, 0) + number
        except (ValueError, TypeError, AttributeError) as error:
            raise EvidenceCorrupt(f"the tally of {key.route} cannot be read: {error}") from error
        latency.merge(gain.latency)
        self._connection.execute(
            update(table)
            .where(table.c.id == row.id)
            .values(
                first=min(row.first, gain.first),
                last=max(row.last, gain.last),
                exchanges=json.dumps(exchanges),
                latency=latency.to_json(),
                shapes=row.shapes + len(taken),
                differing=row.differing + now_differing + sum(taken.values()),
                unrecorded=row.unrecorded + sum(gain.times[shape] for shape in new if shape not in taken),
            )
        )

    def group(self, key: GroupKey, gain: GroupGain) -> None:
        """Add to a group, and keep its first samples."""
        table = self._tables.group
        row = self._find(table, key)
        if row is None and self._siblings(key) >= self._limits.signatures:
            key, gain.causes, gain.locations = key._replace(signature=OTHERS), (), ()
            row = self._find(table, key)
        if row is None:
            causes, locations = json.dumps(gain.causes), json.dumps(gain.locations)
            values = {"first": gain.first, "last": gain.last, "mismatches": 0, "causes": causes, "locations": locations}
            self._connection.execute(insert(table).values(**key._asdict(), **values))
            row = self._must_find(table, key)
        self._connection.execute(
            update(table)
            .where(table.c.id == row.id)
            .values(
                first=min(row.first, gain.first), last=max(row.last, gain.last), mismatches=row.mismatches + gain.count
            )
        )
        self._keep(row.id, key.route, gain.samples)

    def _keep(self, group_id: int, route: str, samples: list[Sample]) -> None:
        table = self._tables.sample
        if not samples:
            return
        known = self._connection.execute(select(func.count()).where(table.c.group_id == group_id)).scalar_one()
        for sample in samples[: max(0, self._limits.samples - known)]:
            # A batch whose commit was not heard of is added again.
            if self._connection.execute(select(table.c.id).where(table.c.id == sample.id)).first() is None:
                self._connection.execute(insert(table).values(**_row(group_id, route, sample)))

    def _shapes(self, stratum_id: int, gain: Gain) -> tuple[dict[str, bool], int]:
        """The shapes that are not known yet, and how many known ones differ for the first time."""
        table = self._tables.shape
        known: dict[str, bool] = {}
        shapes = list(gain.shapes)
        for start in range(0, len(shapes), _CHUNK):
            mine = and_(table.c.stratum_id == stratum_id, table.c.shape.in_(shapes[start : start + _CHUNK]))
            known.update((row.shape, row.differs) for row in self._connection.execute(select(table).where(mine)))
        turned = [shape for shape, differs in known.items() if gain.shapes[shape] and not differs]
        for start in range(0, len(turned), _CHUNK):
            mine = and_(table.c.stratum_id == stratum_id, table.c.shape.in_(turned[start : start + _CHUNK]))
            self._connection.execute(update(table).where(mine).values(differs=True))
        return {shape: differs for shape, differs in gain.shapes.items() if shape not in known}, len(turned)

    def _siblings(self, key: GroupKey) -> int:
        table = self._tables.group
        same = and_(table.c.route == key.route, table.c.epoch == key.epoch)
        return self._connection.execute(select(func.count()).where(same)).scalar_one()

    def _begin(self, table: Table, key: StratumKey, gain: Gain) -> Row[Any]:
        nothing = {"exchanges": "{}", "latency": "{}", "shapes": 0, "differing": 0, "unrecorded": 0}
        self._connection.execute(insert(table).values(**key._asdict(), first=gain.first, last=gain.last, **nothing))
        return self._must_find(table, key)

    def _find(self, table: Table, key: StratumKey | GroupKey) -> Row[Any] | None:
        same = and_(*(table.c[name] == value for name, value in key._asdict().items()))
        return self._connection.execute(select(table).where(same)).first()

    def _must_find(self, table: Table, key: StratumKey | GroupKey) -> Row[Any]:
        row = self._find(table, key)
        if row is None:
            raise EvidenceCorrupt(f"{table.name} lost a row that was just written")
        return row


def _row(group_id: int, route: str, sample: Sample) -> dict[str, Any]:
    request, legacy, v2 = sample.bodies
    return {
        "id": sample.id,
        "group_id": group_id,
        "route": route,
        "time": sample.time,
        "size": sample.size,
        "document": sample.document(),
        "request_body": request,
        "legacy_body": legacy,
        "v2_body": v2,
    }
