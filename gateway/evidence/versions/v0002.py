"""The second schema: history, and an index for pages of groups."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_BUCKETS = 12
_NUMBERS = (
    *("legacy", "v2", "agreed", "differed"),
    *(f"{side}_{bucket}" for side in ("legacy", "v2") for bucket in range(_BUCKETS)),
)


def upgrade() -> None:
    """Add the table and the indexes."""
    op.create_table(
        "evidence_history",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("step", sa.Integer, primary_key=True),
        sa.Column("start", sa.BigInteger, primary_key=True),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in _NUMBERS),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_evidence_history_start", "evidence_history", ["step", "start"])
    columns = ["route", "epoch", "mismatches", "last", "signature"]  # all that a page is ordered and counted by
    op.create_index("ix_evidence_group_page", "evidence_group", columns)


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_evidence_group_page", "evidence_group")
    op.drop_table("evidence_history")
