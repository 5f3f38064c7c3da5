"""Dates as Flask and FastAPI write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

HTTP_DATE = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
ISO_DATETIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?")

_JITTER = timedelta(seconds=2)


def moment(text: str) -> datetime | None:
    """The moment that one of the forms above names; without a zone it is UTC. None for any other text."""
    try:
        if HTTP_DATE.fullmatch(text):
            return parsedate_to_datetime(text)
        if ISO_DATE.fullmatch(text) or ISO_DATETIME.fullmatch(text):
            found = datetime.fromisoformat(text)
            return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return None


def are_the_same(one: str, other: str) -> bool:
    """Whether both name the same moment, a clock's jitter and lost microseconds aside."""
    first, second = moment(one), moment(other)
    try:
        return first is not None and second is not None and abs(first - second) < _JITTER
    except OverflowError:
        return False
