"""Two JSON documents, member by member. Types count: `1`, `true` and `"1"` are three things, null is not missing.

Not a difference: the order of an object's members, white space, escapes. A named equivalence: a number written in
another way (`1`, `1.0`, `1e0`), `number-repr`. Iterative, so that depth costs no stack; linear in the documents.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Context, Decimal, InvalidOperation
from typing import Any

from gateway.parity.align import Fingerprints, Pair, TooMuch, aligned, matched
from gateway.parity.difference import Kind
from gateway.parity.findings import Findings
from gateway.parity.place import ROOT, Path
from gateway.parity.shown import shown_json
from gateway.parity.strict import Document

_Step = tuple[Any, Any, Path, Path, int]

_PEEKS = 10
"""Levels on which equal containers are found by comparing all of them, which is fast; each level does so again."""

_FEW_DIGITS = 16
_REORDERED = "the same elements, in another order: "


def walk(legacy: Document, v2: Document, findings: Findings) -> None:
    """Add every difference of the two documents to `findings`."""
    _Walk(legacy, v2, findings).run()


class _Walk:
    def __init__(self, legacy: Document, v2: Document, findings: Findings) -> None:
        self._legacy = legacy
        self._v2 = v2
        self._findings = findings
        self._places = findings.places
        self._fingerprint = Fingerprints()
        self._repeats = bool(legacy.repeated or v2.repeated)
        self._steps: list[_Step] = [(legacy.value, v2.value, ROOT, ROOT, 0)]

    def run(self) -> None:
        for name in sorted(self._legacy.constants & self._v2.constants):
            self._findings.equivalent(f"json-constant-{name}")
        while self._steps and not self._findings.full:
            legacy, v2, at, there, depth = self._steps.pop()
            if type(legacy) is not type(v2):
                self._findings.member(Kind.TYPE, legacy, v2, at, there)
            elif isinstance(legacy, dict | list) and depth < _PEEKS and self._are_equal(legacy, v2):
                continue
            elif isinstance(legacy, dict):
                self._objects(legacy, v2, at, there, depth)
            elif isinstance(legacy, list):
                self._arrays(legacy, v2, at, there, depth)
            elif legacy != v2:
                self._scalars(legacy, v2, at, there)
        if self._findings.full:
            self._findings.body(Kind.CHANGED, "more differences than are looked at", "more differences")

    def _are_equal(self, legacy: Any, v2: Any) -> bool:
        """Whether Python finds them equal: types that are not the same are not equal here (`strict.py`)."""
        if self._repeats:  # what a repeated name hides would not be seen
            return False
        try:
            return bool(legacy == v2)
        except RecursionError:
            return False

    def _objects(self, legacy: dict[str, Any], v2: dict[str, Any], at: Path, there: Path, depth: int) -> None:
        if self._repeats:
            self._repeated(legacy, v2, at, there)
        inner: list[_Step] = []
        for name, value in legacy.items():
            if name not in v2:
                self._findings.member(Kind.REMOVED, value, None, (at, name), (there, name))
                continue
            other = v2[name]
            if type(value) is not type(other) or isinstance(value, dict | list) or value != other:
                inner.append((value, other, (at, name), (there, name), depth + 1))
        for name, value in v2.items():
            if name not in legacy:
                self._findings.member(Kind.ADDED, None, value, (at, name), (there, name))
        self._steps += reversed(inner)

    def _repeated(self, legacy: dict[str, Any], v2: dict[str, Any], at: Path, there: Path) -> None:
        """A name given twice: parsers differ in what they make of it, so it must be so on both sides."""
        ours, theirs = self._legacy.repeated.get(id(legacy)), self._v2.repeated.get(id(v2))
        if ours is theirs:  # both None
            return
        try:
            same = self._all(ours) == self._all(theirs)
        except TooMuch:
            same = False
        if same:
            self._findings.equivalent("json-repeated-name")
            return
        self._findings.remark(_names(ours), _names(theirs), at, there)

    def _all(self, pairs: list[tuple[str, Any]] | None) -> list[tuple[str, int]]:
        """Every member, those that a later one hides as well."""
        return sorted((name, self._fingerprint(value)) for name, value in pairs or ())

    def _arrays(self, legacy: list[Any], v2: list[Any], at: Path, there: Path, depth: int) -> None:
        free, expired = self._places.unordered(at)
        pairs: Iterable[Pair]
        if free is not None:
            pairs = matched(legacy, v2, self._fingerprint, free.by)
            if any(ours != theirs for ours, theirs in pairs):
                self._findings.equivalent("unordered")
        else:
            alignment = aligned(legacy, v2, self._fingerprint, peek=depth < _PEEKS and not self._repeats)
            pairs = alignment.pairs
            if alignment.reordered:
                self._findings.remark(shown_json(legacy), f"{_REORDERED}{shown_json(v2)}", at, there, expired)
        inner: list[_Step] = []
        for ours, theirs in pairs:
            if ours is None:
                self._findings.member(Kind.ADDED, None, v2[theirs or 0], at, (there, theirs))
            elif theirs is None:
                self._findings.member(Kind.REMOVED, legacy[ours], None, (at, ours), there)
            else:
                one, other = legacy[ours], v2[theirs]
                if type(one) is not type(other) or isinstance(one, dict | list):
                    inner.append((one, other, (at, ours), (there, theirs), depth + 1))
                elif one != other:
                    self._scalars(one, other, (at, ours), (there, theirs))
            if self._findings.full:
                break
        self._steps += reversed(inner)

    def _scalars(self, legacy: Any, v2: Any, at: Path, there: Path) -> None:
        expired = None
        if isinstance(legacy, bytes):
            if _same_number(legacy, v2):
                self._findings.equivalent("number-repr")
                return
            tolerance, expired = self._places.tolerance(at)
            if tolerance is not None and _is_within(legacy, v2, Decimal(str(tolerance.within))):
                self._findings.equivalent("tolerance")
                return
        self._findings.member(Kind.CHANGED, legacy, v2, at, there, expired=expired)


def _names(pairs: list[tuple[str, Any]] | None) -> str:
    if pairs is None:
        return "every name once"
    seen: set[str] = set()
    twice = next((name for name, _ in pairs if name in seen or seen.add(name)), "")  # type: ignore[func-returns-value] # add() is the else of `in`
    return f"{shown_json(twice)} more than once"


def _same_number(legacy: bytes, v2: bytes) -> bool:
    """Whether two texts are the same number, exactly: no precision is lost on the way."""
    if len(legacy) < _FEW_DIGITS and len(v2) < _FEW_DIGITS and b"e" not in (legacy + v2).lower():
        return float(legacy) == float(v2)  # exact for fifteen digits
    try:
        one, other = Decimal(legacy.decode()), Decimal(v2.decode())
    except InvalidOperation:  # an exponent beyond 10**18
        return False
    return one.is_finite() and other.is_finite() and one == other


def _is_within(legacy: bytes, v2: bytes, within: Decimal) -> bool:
    exact = Context(prec=60, traps=[])
    apart = exact.abs(exact.subtract(exact.create_decimal(legacy.decode()), exact.create_decimal(v2.decode())))
    return apart.is_finite() and apart <= within
