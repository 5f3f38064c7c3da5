"""Places in a JSON document: the walk's own path, RFC 6901 pointers, and the places that the map's rules name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from typing import Any

from jsonpath_rfc9535 import JSONPathError
from jsonpath_rfc9535 import compile as compile_path

from gateway.parity.rules import Excuse, HtmlRule, Rule, Rules, Tolerance, Unordered, first_that_holds, holds
from gateway.parity.strict import Document, plain

Keys = tuple[str | int, ...]
"""The names and indexes from the root."""

Path = tuple[Any, ...]
"""`()` for the root, else `(parent, key)`: one step costs the same however deep it is."""

ROOT: Path = ()


def keys(path: Path) -> Keys:
    """A path, flat."""
    found: list[str | int] = []
    while path:
        path, key = path
        found.append(key)
    return tuple(reversed(found))


def pointer(flat: Keys) -> str:
    """RFC 6901: `/items/0/name`, with `~` and `/` in names escaped."""
    return "".join(f"/{key}" if isinstance(key, int) else "/" + _escaped(key) for key in flat)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


class Places:
    """Where the rules of the map apply in these two documents.

    A path of the map is looked up in both, when it is first needed: most comparisons never do. `documents` is None
    for a body that is not JSON; there, only `$` names anything: all of it.
    """

    def __init__(self, rules: Rules, today: date, documents: tuple[Document, Document] | None = None) -> None:
        self._rules = rules
        self._today = today
        self._documents = documents
        self._found: Callable[[str], tuple[frozenset[Keys], frozenset[Keys]]] = cache(self._look_up)
        self._plain: Callable[[int], Any] = cache(self._read)

    def excuse(self, legacy: Keys, v2: Keys) -> tuple[Excuse | None, Excuse | None]:
        """The rule that excuses a difference here, or one that did until it expired."""
        covering = (rule for rule in self._rules.excuses if rule.at is not None and self._covers(rule.at, legacy, v2))
        return first_that_holds(covering, self._today)

    def header_excuse(self, name: str) -> tuple[Excuse | None, Rule | None]:
        """The same for a header, `name` in lower case; also a rule by which it was compared until that expired."""
        named = (rule for rule in self._rules.excuses if rule.header == name)
        rule, expired = first_that_holds(named, self._today)
        if rule is not None or expired is not None:
            return rule, expired
        return None, first_that_holds((rule for rule in self._rules.headers if rule.name == name), self._today)[1]

    def unordered(self, path: Path) -> tuple[Unordered | None, Unordered | None]:
        """The rule by which the order of legacy's array means nothing, or one that expired."""
        if not self._rules.unordered:
            return None, None
        flat = keys(path)
        return first_that_holds((one for one in self._rules.unordered if flat in self._found(one.at)[0]), self._today)

    def tolerance(self, path: Path) -> tuple[Tolerance | None, Tolerance | None]:
        """The rule that says how far legacy's number may be off, or one that expired."""
        if not self._rules.tolerances:
            return None, None
        flat = keys(path)
        return first_that_holds((one for one in self._rules.tolerances if flat in self._found(one.at)[0]), self._today)

    def expired_html(self) -> tuple[HtmlRule, ...]:
        """The rules that left something out of HTML until they expired."""
        return tuple(rule for rule in self._rules.html if not holds(rule, self._today))

    def leave_something(self) -> bool:
        """Whether any value of legacy's document is at a place that nothing excuses.

        Without documents none is: what is excused then is all of the body. Looks only above what is excused.
        """
        if self._documents is None:
            return False
        held = (one.at for one in self._rules.excuses if one.at is not None and holds(one, self._today))
        covered = frozenset[Keys]().union(*(self._found(at)[0] for at in held))
        above = {prefix for place in covered for prefix in _prefixes(place)}
        waiting: list[tuple[Any, Keys]] = [(self._documents[0].value, ())]
        while waiting:
            value, flat = waiting.pop()
            if flat in covered:
                continue
            if flat not in above:
                return True
            members = value.items() if isinstance(value, dict) else enumerate(value)
            waiting += [(member, (*flat, key)) for key, member in members]
        return False

    def _covers(self, at: str, legacy: Keys, v2: Keys) -> bool:
        in_legacy, in_v2 = self._found(at)
        return any(prefix in in_legacy for prefix in _prefixes(legacy)) or any(
            prefix in in_v2 for prefix in _prefixes(v2)
        )

    def _look_up(self, at: str) -> tuple[frozenset[Keys], frozenset[Keys]]:
        if self._documents is None:
            whole = frozenset([()]) if at.strip() == "$" else frozenset()
            return whole, whole
        return self._nodes(at, 0), self._nodes(at, 1)

    def _nodes(self, at: str, side: int) -> frozenset[Keys]:
        """What `at` names; nothing when it cannot be followed, so that what it would excuse stays in sight."""
        try:
            return frozenset(node.location for node in compile_path(at).finditer(self._plain(side)))
        except (JSONPathError, RecursionError, ValueError):
            return frozenset()

    def _read(self, side: int) -> Any:
        return plain(self._documents[side]) if self._documents is not None else None


def _prefixes(flat: Keys) -> Iterator[Keys]:
    return (flat[:length] for length in range(len(flat) + 1))
