"""The tables of the newest schema, as the queries use them. `versions/` builds them, step by step.

The prefix lets them live in a PostgreSQL database that is not theirs alone. Times are seconds since 1970 in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from gateway.evidence.history import BUCKETS

TIME = Float(53)
"""Double precision in every release of SQLAlchemy that an application may have pinned; 1.4 has no name for it."""
VERSION_TABLE = "evidence_version"
LEGACY_TIMES = tuple(f"legacy_{bucket}" for bucket in range(BUCKETS))
V2_TIMES = tuple(f"v2_{bucket}" for bucket in range(BUCKETS))
NUMBERS = ("legacy", "v2", "agreed", "differed", *LEGACY_TIMES, *V2_TIMES)
"""The columns of history that are added up."""


@dataclass(frozen=True, slots=True)
class Tables:
    """One description of the schema; made anew for each store, so that nothing is shared."""

    metadata: MetaData
    stratum: Table
    shape: Table
    group: Table
    sample: Table
    noise: Table
    history: Table


def describe() -> Tables:
    """The tables of the newest schema."""
    metadata = MetaData()
    stratum = Table(
        "evidence_stratum",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("route", String, nullable=False),
        Column("epoch", String, nullable=False),
        Column("stratum", String, nullable=False),
        Column("first", TIME, nullable=False),
        Column("last", TIME, nullable=False),
        Column("exchanges", Text, nullable=False),  # JSON: verdict -> count
        Column("latency", Text, nullable=False),  # JSON: bucket -> [legacy, v2]
        Column("shapes", Integer, nullable=False),
        Column("differing", Integer, nullable=False),
        Column("unrecorded", BigInteger, nullable=False),
        UniqueConstraint("route", "epoch", "stratum"),
    )
    shape = Table(
        "evidence_shape",
        metadata,
        Column("stratum_id", Integer, ForeignKey("evidence_stratum.id", ondelete="CASCADE"), primary_key=True),
        Column("shape", String, primary_key=True),
        Column("differs", Boolean, nullable=False),
        sqlite_with_rowid=False,
    )
    group = Table(
        "evidence_group",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("route", String, nullable=False),
        Column("epoch", String, nullable=False),
        Column("signature", String, nullable=False),
        Column("first", TIME, nullable=False),
        Column("last", TIME, nullable=False),
        Column("mismatches", BigInteger, nullable=False),
        Column("causes", Text, nullable=False),  # JSON array
        Column("locations", Text, nullable=False),  # JSON array
        UniqueConstraint("route", "epoch", "signature"),
        Index("ix_evidence_group_page", "route", "epoch", "mismatches", "last", "signature"),
    )
    sample = Table(
        "evidence_sample",
        metadata,
        Column("id", String, primary_key=True),
        Column("group_id", Integer, ForeignKey("evidence_group.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("route", String, nullable=False),
        Column("time", TIME, nullable=False, index=True),
        Column("size", Integer, nullable=False),
        Column("document", Text, nullable=False),  # JSON: everything but the bodies
        Column("request_body", LargeBinary),
        Column("legacy_body", LargeBinary),
        Column("v2_body", LargeBinary),
    )
    noise = Table(
        "evidence_noise",
        metadata,
        Column("route", String, primary_key=True),
        Column("state", Text, nullable=False),
    )
    history = Table(
        "evidence_history",
        metadata,
        Column("key", String, primary_key=True),  # a route, or a rung: `*` and its mode
        Column("step", Integer, primary_key=True),
        Column("start", BigInteger, primary_key=True),
        *(Column(name, BigInteger, nullable=False) for name in NUMBERS),
        Index("ix_evidence_history_start", "step", "start"),
        sqlite_with_rowid=False,
    )
    return Tables(metadata, stratum, shape, group, sample, noise, history)
