"""Numbers and times as people read them. Pure: a value in, a few characters out; what is not known is a dash.

A number never looks better than it is: a share is cut, not rounded, so that only what is whole says 100 %.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime

UNKNOWN = "\N{EN DASH}"
THIN = "\N{NARROW NO-BREAK SPACE}"
_KIB = 1024
_STEPS = ((86_400.0, "d"), (3_600.0, "h"), (60.0, "min"))
_FINE = 0.999
"""From here on, two digits after the point do not tell 99.95 % from 99.995 %."""


def percent(share: float | None, digits: int | None = None) -> str:
    """A share from 0 to 1: `99.95 %`, and `99.9971 %` where it matters."""
    if share is None:
        return UNKNOWN
    if digits is None:
        digits = 4 if _FINE <= share < 1 else 2
    scale = 10.0**digits
    # A little more than what is there, since 0.29 * 100 is 28.999999999999996.
    cut = math.floor(share * 100 * scale + 1e-6) / scale
    text = f"{cut:.{digits}f}"
    return (text.rstrip("0").rstrip(".") if digits else text) + THIN + "%"


def rate(value: float | None) -> str:
    """Requests a second."""
    if value is None:
        return UNKNOWN
    if value >= 10:  # noqa: PLR2004  two digits are enough to read
        return f"{value:,.0f}"
    if value == 0:
        return "0"
    return f"{value:.1f}" if value >= 0.1 else f"{max(value, 0.01):.2f}"  # noqa: PLR2004  the same


def count(value: float | None) -> str:
    """A whole number."""
    return UNKNOWN if value is None else f"{value:,.0f}"


def duration(seconds: float | None) -> str:
    """How long something took: `870 µs`, `12.4 ms`, `1.24 s`."""
    if seconds is None:
        return UNKNOWN
    if seconds < 0.001:  # noqa: PLR2004  a millisecond
        return f"{seconds * 1_000_000:.0f}{THIN}µs"
    if seconds < 1:
        milliseconds = seconds * 1000
        return f"{milliseconds:.1f}{THIN}ms" if milliseconds < 100 else f"{milliseconds:.0f}{THIN}ms"  # noqa: PLR2004  the same
    return f"{seconds:.2f}{THIN}s" if seconds < 10 else f"{seconds:.0f}{THIN}s"  # noqa: PLR2004  the same


def times(ratio: float | None) -> str:
    """A multiple: `1.07` and a multiplication sign."""
    return UNKNOWN if ratio is None else f"{ratio:.2f}\N{MULTIPLICATION SIGN}"


def size(value: int | None) -> str:
    """Bytes: `812 B`, `256 KiB`."""
    if value is None:
        return UNKNOWN
    amount = float(value)
    for unit in ("B", "KiB", "MiB"):
        if amount < _KIB:
            return f"{amount:.0f}{THIN}{unit}" if amount == int(amount) else f"{amount:.1f}{THIN}{unit}"
        amount /= _KIB
    return f"{amount:.1f}{THIN}GiB"


def moment(seconds: float) -> str:
    """A time: `2026-11-20 19:56:24Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def machine_moment(seconds: float) -> str:
    """A time as `<time datetime>` wants it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def ago(seconds: float, now: float) -> str:
    """How long since: `just now`, `4 min ago`."""
    passed = max(0.0, now - seconds)
    for length, unit in _STEPS:
        if passed >= length:
            return f"{passed / length:.0f}{THIN}{unit} ago"
    return f"{passed:.0f}{THIN}s ago" if passed >= 5 else "just now"  # noqa: PLR2004  nobody counts less


def plural(number: int, noun: str) -> str:
    """`1 route`, `2 routes`; an `s` is all that our nouns need."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def short(revision: str) -> str:
    """As much of a revision as people compare."""
    return revision[:12]
