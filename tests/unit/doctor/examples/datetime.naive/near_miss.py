from datetime import UTC, datetime, timezone


def stamps(seconds):
    return [
        datetime.now(UTC),
        datetime.now(tz=timezone.utc),
        datetime.fromtimestamp(seconds, UTC),
        datetime(2026, 1, 1),
    ]
