"""Secrets in running text: what follows a telling name, and what looks like a secret by itself."""

from __future__ import annotations

import re
from collections.abc import Callable

from gateway.evidence.names import SensitiveNames
from gateway.evidence.windows import substitute

Inner = Callable[[str], str]
"""Redacts a text that was found in another: whatever it turns out to be."""

_LOOKS_SECRET = re.compile(
    # base64 of `{"`: JWTs and signed cookies, whole or cut
    r"eyJ[\w-]{8,}(?:\.[\w-]*){0,4}"
    # a compressed signed cookie of itsdangerous
    r"|(?<![\w.])\.eJ[\w-]{8,}(?:\.[\w-]*){0,2}"
    r"|\b[srp]k_(?:live|test)_\w{8,}|\bgh[pousr]_\w{16,}|\bgithub_pat_\w{16,}|\bxox[abeprs]-[\w-]{10,}"
    r"|\bAKIA[0-9A-Z]{16}\b|\bAIza[\w-]{30,}"
    r"|-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\w+/=\s-]*"
    # a social security number
    r"|(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])"
)
_SCHEME = re.compile(r"\b(Bearer|Basic|Digest|Negotiate)(\s+)([\w+/.~=-]{8,})", re.IGNORECASE)
_PROSE = re.compile(r"[A-Z]?[a-z.]+")
_USERINFO = re.compile(r"(://[^\s/@:\"'<>]{0,200}:)([^\s/@\"'<>]{1,200})(?=@)")
_NUMBERS = re.compile(r"(?<![\d.])\d+(?:[ -]\d+)*")
_CARD_DIGITS = range(13, 20)
_SHORTEST_GROUP = 3
"""People write card numbers in groups of three digits and more, but for the last."""
_CUT_NUMBER = re.compile(r"\d(?:[ -]?\d){7,}…\Z")
_CUT_LENGTH = 40
# `@2x.png` is a picture
_AT_DOMAIN = re.compile(r"@(?!\d+x\b)[\w-]+(?:\.[\w-]+)*")
_LOCAL = re.compile(r"[\w.+%'*=~!#$^`{|}-]{1,64}\Z")
_DOUBLED = 2
_NINE = 9


class PlainText:
    """Redacts running text. Linear in its length."""

    def __init__(self, names: SensitiveNames, mark: Inner) -> None:
        self._mark = mark
        words = r"(?<![A-Za-z])(?:ssn|pin|otp|cvv|cvc|pan|jwt|sid|auth|pass)(?![A-Za-z])"
        self._named = re.compile(
            rf"(?P<name>(?:{names.parts}|{words})[\w\].-]{{0,40}}(?:\\?[\"'])?\s{{0,3}}(?:[:=]|=>)\s{{0,3}})"
            r"(?:(?P<scheme>(?:Bearer|Basic|Digest|Token)\s+))?"
            r"(?:\"(?P<double>[^\"]*)\"?|'(?P<single>[^']*)'?|\\\"(?P<escaped>[^\"\\]*)|(?P<bare>[^\s\"'&,;<>\\]+))",
            re.IGNORECASE,
        )

    def __call__(self, text: str) -> str:
        """The text, its secrets replaced."""
        text = substitute(self._named, self._value, text)
        text = substitute(_USERINFO, lambda found: found[1] + self._mark(found[2]), text)
        text = substitute(_LOOKS_SECRET, lambda found: self._mark(found[0]), text)
        text = substitute(_SCHEME, self._credentials, text)
        text = substitute(_NUMBERS, self._cards, text)
        if text.endswith("…") and (number := _CUT_NUMBER.search(text[-_CUT_LENGTH:])):
            # What was cut may have been the check digit.
            text = text[: -len(number[0])] + self._mark(number[0])
        return self._addresses(text) if "@" in text else text

    def _value(self, found: re.Match[str]) -> str:
        head = found["name"] + (found["scheme"] or "")
        for kind, quotes in (("double", '""'), ("single", "''"), ("escaped", ('\\"', "")), ("bare", ("", ""))):
            if (secret := found[kind]) is not None:
                return f"{head}{quotes[0]}{self._kept_or_marked(secret)}{quotes[1]}"
        return found[0]

    def _kept_or_marked(self, value: str) -> str:
        # A structure is looked into elsewhere; a literal keeps no secret.
        literal = value.rstrip("}])") in {"null", "true", "false", "None"}
        return value if literal or value[:1] in {"{", "[", "("} else self._mark(value)

    def _credentials(self, found: re.Match[str]) -> str:
        # "basic information" is prose
        return found[0] if _PROSE.fullmatch(found[3]) else found[1] + found[2] + self._mark(found[3])

    def _cards(self, found: re.Match[str]) -> str:
        """Numbers side by side: each that is a card, in one group of digits or in several."""
        if len(found[0]) < _CARD_DIGITS.start:
            return found[0]
        pieces = re.split(r"([ -])", found[0])
        shown: list[str] = []
        position = 0
        while position < len(pieces):
            end = _end_of_card(pieces, position)
            text = "".join(pieces[position:end])
            shown.append(self._mark(text) if end > position else pieces[position])
            position = max(end, position + 1)
        return "".join(shown)

    def _addresses(self, text: str) -> str:
        pieces: list[str] = []
        done = 0
        for domain in _AT_DOMAIN.finditer(text):
            local = _LOCAL.search(text[max(done, domain.start() - 64) : domain.start()])
            if local is None:
                continue
            start = domain.start() - len(local[0])
            pieces += [text[done:start], self._mark(text[start : domain.end()])]
            done = domain.end()
        return "".join([*pieces, text[done:]])


def _end_of_card(pieces: list[str], start: int) -> int:
    """Where the longest card number ends that starts here; `start` for none. Pieces are digits and separators."""
    if pieces[start][0] not in "23456":
        return start
    digits, end = "", start
    for position in range(start, len(pieces), 2):
        digits += pieces[position]
        if len(digits) >= _CARD_DIGITS.stop:
            break
        # Thirteen digits that begin otherwise are milliseconds.
        if len(digits) in _CARD_DIGITS and (len(digits) > _CARD_DIGITS.start or digits[0] == "4") and luhn(digits):
            end = position + 1
        if len(pieces[position]) < _SHORTEST_GROUP:
            break
    return end


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B)."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (_DOUBLED if position % 2 else 1)
        total += value - _NINE if value > _NINE else value
    return total % 10 == 0
