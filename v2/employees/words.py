"""How values are read, and what is said of those that are refused: what Marshmallow made of them on legacy."""

from __future__ import annotations

import math
from collections.abc import Sized
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from marshmallow import ValidationError as NotAnEmail
from marshmallow.validate import Email

from v2.employees.fields import Check, Refused

YES = frozenset(
    {"1", 1, *(form for word in ("t", "true", "on", "y", "yes") for form in (word, word.title(), word.upper()))}
)
NO = frozenset(
    {"0", 0, *(form for word in ("f", "false", "off", "n", "no") for form in (word, word.title(), word.upper()))}
)
CENT = Decimal("0.01")
NO_ADDRESS = "Not a valid email address."
NO_NUMBER = "Not a valid number."
SPECIAL = "Special numeric values (nan or infinity) are not permitted."

_is_email = Email()


def text(value: Any) -> str:
    """A text is a text."""
    if not isinstance(value, str):
        raise Refused("Not a valid string.")
    return value


def address(value: Any) -> str:
    """Of what is no text the same is said as of what is no address."""
    if not isinstance(value, str):
        raise Refused(NO_ADDRESS)
    return value


def integer(value: Any) -> int:
    """No text, no 7.0, no true."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused("Not a valid integer.")
    return value


def number(value: Any) -> float:
    """Also as a text."""
    if isinstance(value, bool):
        raise Refused(NO_NUMBER)
    try:
        made = float(value)
    except (TypeError, ValueError):
        raise Refused(NO_NUMBER) from None
    except OverflowError:
        raise Refused("Number too large.") from None
    if not math.isfinite(made):
        raise Refused(SPECIAL)
    return made


def money(value: Any) -> Decimal:
    """Also as a text; to the cent, halves to the even one."""
    if isinstance(value, bool):
        raise Refused(NO_NUMBER)
    try:
        made = Decimal(str(value))
        if not made.is_finite():
            raise Refused(SPECIAL)
        return made.quantize(CENT)
    except InvalidOperation:
        raise Refused(NO_NUMBER) from None


def yes_or_no(value: Any) -> bool:
    """In many words."""
    if isinstance(value, list | dict) or value not in YES | NO:
        raise Refused("Not a valid boolean.")
    return value in YES


def day(value: Any) -> date:
    """`2025-03-01`, and what else Python reads as one."""
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Refused("Not a valid date.") from None


def moment(value: Any) -> datetime:
    """In UTC, without a zone; one that has another zone is converted."""
    try:
        made = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise Refused("Not a valid datetime.") from None
    return made if made.utcoffset() is None else made.astimezone(UTC).replace(tzinfo=None)


def length(shortest: int, longest: int) -> Check:
    """Between, both included; a `shortest` of 0 says nothing."""
    words = f"Length must be between {shortest} and {longest}."
    if shortest == 0:
        words = f"Longer than maximum length {longest}."

    def check(value: Sized, _context: object) -> str | None:
        return None if shortest <= len(value) <= longest else words

    return check


def between(least: int, most: int) -> Check:
    """Both included."""

    def check(value: Decimal | float, _context: object) -> str | None:
        if least <= value <= most:
            return None
        return f"Must be greater than or equal to {least} and less than or equal to {most}."

    return check


def is_email(value: str, _context: object) -> str | None:
    """Which addresses are good was Marshmallow's to say, and still is: nobody's may stop working."""
    try:
        _is_email(value)
    except NotAnEmail as refused:
        return str(refused.args[0])
    return None
