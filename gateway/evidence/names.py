"""Which names of fields, parameters, headers and elements announce a secret."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Anywhere in a name: nobody separates the words of `newpassword` or `creditcardnumber`.
_PARTS = (
    r"passw|passphrase|passport|pwd|secret|token|credential|api[-_ .]?key|access[-_ .]?key|private[-_ .]?key"
    r"|authori[sz]ation|cookie|csrf|xsrf|e-?mail|session[-_ .]?(?:id|key)|social[-_ .]?security|security[-_ .]?code"
    r"|iban|(?<!dis)(?<!wild)card(?!inal)"
)
# Only as a word of its own: `pin` is in `shipping`, `ssn` in `className`.
_WORDS = frozenset({"ssn", "pin", "otp", "totp", "cvv", "cvc", "pan", "jwt", "sid", "auth", "pass", "bearer"})
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_LONGEST = 200
"""Longer names are looked at up to here."""


class SensitiveNames:
    """The built-in names and those of `extra`, which match anywhere in a name, whatever their case."""

    def __init__(self, extra: Iterable[str] = ()) -> None:
        own = [re.escape(name.strip().lower()) for name in extra if name.strip()]
        self.parts = "|".join([_PARTS, *own])
        self._parts = re.compile(self.parts, re.IGNORECASE)

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        name = name[:_LONGEST]
        return bool(self._parts.search(name)) or any(word.lower() in _WORDS for word in _WORD.findall(name))
