"""The time, as the database keeps it."""

from __future__ import annotations

from datetime import UTC, datetime


def utcnow() -> datetime:
    """Now, in UTC, without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)
