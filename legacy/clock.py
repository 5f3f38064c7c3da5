"""The time, as the database keeps it."""

from datetime import datetime, timezone


def utcnow():
    """Now, in UTC, without a zone."""
    return datetime.now(timezone.utc).replace(tzinfo=None)
