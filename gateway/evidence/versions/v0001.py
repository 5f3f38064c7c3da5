"""The first schema: tallies, shapes, groups, samples, noise."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "evidence_stratum",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("route", sa.String, nullable=False),
        sa.Column("epoch", sa.String, nullable=False),
        sa.Column("stratum", sa.String, nullable=False),
        sa.Column("first", sa.Float(53), nullable=False),
        sa.Column("last", sa.Float(53), nullable=False),
        sa.Column("exchanges", sa.Text, nullable=False),
        sa.Column("latency", sa.Text, nullable=False),
        sa.Column("shapes", sa.Integer, nullable=False),
        sa.Column("differing", sa.Integer, nullable=False),
        sa.Column("unrecorded", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("route", "epoch", "stratum"),
    )
    op.create_table(
        "evidence_shape",
        sa.Column("stratum_id", sa.Integer, sa.ForeignKey("evidence_stratum.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("shape", sa.String, primary_key=True),
        sa.Column("differs", sa.Boolean, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "evidence_group",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("route", sa.String, nullable=False),
        sa.Column("epoch", sa.String, nullable=False),
        sa.Column("signature", sa.String, nullable=False),
        sa.Column("first", sa.Float(53), nullable=False),
        sa.Column("last", sa.Float(53), nullable=False),
        sa.Column("mismatches", sa.BigInteger, nullable=False),
        sa.Column("causes", sa.Text, nullable=False),
        sa.Column("locations", sa.Text, nullable=False),
        sa.UniqueConstraint("route", "epoch", "signature"),
    )
    op.create_table(
        "evidence_sample",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("group_id", sa.Integer, sa.ForeignKey("evidence_group.id", ondelete="CASCADE"), nullable=False),
        sa.Column("route", sa.String, nullable=False),
        sa.Column("time", sa.Float(53), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("request_body", sa.LargeBinary),
        sa.Column("legacy_body", sa.LargeBinary),
        sa.Column("v2_body", sa.LargeBinary),
    )
    op.create_index("ix_evidence_sample_group_id", "evidence_sample", ["group_id"])
    op.create_index("ix_evidence_sample_time", "evidence_sample", ["time"])
    op.create_table(
        "evidence_noise",
        sa.Column("route", sa.String, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Drop every table."""
    for name in ("noise", "sample", "group", "shape", "stratum"):
        op.drop_table(f"evidence_{name}")
