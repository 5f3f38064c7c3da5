"""What people write in the map, and the plain number it stands for. Pure.

    30s  250ms  2m  1h      seconds, as a float
    100%  0.5%              a share in [0, 1]
    256KiB  1MiB  512B      bytes, as an int
    2027-03-01              a date

A bare number is refused: `timeout: 30` could mean seconds or milliseconds, `sample: 1` could mean 1 % or all.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

_SECONDS = {"ms": Decimal("0.001"), "s": Decimal(1), "m": Decimal(60), "h": Decimal(3600)}
_BYTES = {"B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}

DURATION = r"^[0-9]{1,9}(\.[0-9]{1,6})?(ms|s|m|h)$"
PERCENT = r"^[0-9]{1,3}(\.[0-9]{1,6})?%$"
SIZE = r"^[0-9]{1,12}(B|KiB|MiB|GiB)$"

_QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]+)?)(\D+)")


class BadValue(ValueError):
    """A value that cannot be used. `hint` says what to write in its place."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


def seconds(written: object) -> float:
    """`30s` -> 30.0. Raises BadValue."""
    number, unit = _split(written, DURATION, "a duration", ("30s", "250ms"))
    return float(number * _SECONDS[unit])


def share(written: object) -> float:
    """`5%` -> 0.05. Raises BadValue, also for more than 100 %."""
    number, _ = _split(written, PERCENT, "a percentage", ("100%", "0.5%"))
    if number > 100:  # noqa: PLR2004 -- a hundred per cent
        raise BadValue(f"{written} is more than all of them", "write a percentage from 0% to 100%")
    return float(number / 100)


def size(written: object) -> int:
    """`256KiB` -> 262144. Raises BadValue."""
    number, unit = _split(written, SIZE, "a size", ("256KiB", "1MiB"))
    return int(number) * _BYTES[unit]


def day(written: object) -> date:
    """`2027-03-01` -> that date. Raises BadValue."""
    if isinstance(written, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", written):
        try:
            return date.fromisoformat(written)
        except ValueError:
            raise BadValue(f"there is no day {written}", "write a date of the calendar, such as 2027-03-01") from None
    raise BadValue(f"{shown(written)} is not a date", "write it as year-month-day, such as 2027-03-01")


def shown(written: object) -> str:
    """A value as a person would write it, short enough for a message."""
    text = {True: "true", False: "false"}[written] if isinstance(written, bool) else str(written)
    text = text if text.isprintable() else ascii(text)
    return f"`{text}`" if len(text) <= _LONGEST_SHOWN else f"`{text[:_LONGEST_SHOWN]}...`"


_LONGEST_SHOWN = 60


def _split(written: object, pattern: str, noun: str, examples: tuple[str, str]) -> tuple[Decimal, str]:
    text = written if isinstance(written, str) else shown(written).strip("`")
    if re.fullmatch(pattern, text):
        number, unit = _QUANTITY.fullmatch(text).groups()  # type: ignore[union-attr] # every pattern is narrower
        return Decimal(number), unit
    write = f"write {noun}, such as {examples[0]} or {examples[1]}"
    if isinstance(written, int | float) and not isinstance(written, bool):
        unit = re.sub(r"[0-9.]", "", examples[0])
        raise BadValue(
            f"`{text}` has no unit", f"write {text}{unit} if that is what you mean" if written >= 0 else write
        )
    raise BadValue(f"{shown(written)} is not {noun}", write)
