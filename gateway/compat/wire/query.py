"""Query and form values as Werkzeug's `args.get(name, default, type)` reads them, one trait at a time. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeVar
from urllib.parse import parse_qsl
from uuid import UUID

import werkzeug.urls  # noqa: F401 - registers the error handler that keeps escapes
from starlette.datastructures import QueryParams

from gateway.compat.wire.declared import Declared

Value = TypeVar("Value")
SWITCHES = frozenset(
    {"params.first_value", "params.lax_query", "params.empty_values", "params.bool_of_text", "params.invalid_utf8"}
)

_TRUE = frozenset({"1", "on", "t", "true", "y", "yes"})
"""What pydantic reads as true, in any case."""


class FirstValues(QueryParams):
    """Query parameters of which the first of a name counts; `getlist` and `multi_items` keep the order."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        super().__init__(list(pairs)[::-1])  # the base takes the last

    def getlist(self, key: Any) -> list[str]:
        """Every value of a name, in the order of the request."""
        return super().getlist(key)[::-1]

    def multi_items(self) -> list[tuple[str, str]]:
        """Every pair, in the order of the request."""
        return super().multi_items()[::-1]


def pairs_of(query: bytes, switches: Collection[str]) -> tuple[list[tuple[str, str]], set[str]]:
    """The pairs of a raw query, and the switches that mattered."""
    text = query.decode("latin-1")
    plain = parse_qsl(text, keep_blank_values=True)
    if "params.invalid_utf8" not in switches:
        return plain, set()
    kept = parse_qsl(text, keep_blank_values=True, errors="werkzeug.url_quote")
    return kept, {"params.invalid_utf8"} if kept != plain else set()


@dataclass(slots=True)
class Reading:
    """How one request's pairs are read. `used` grows with each switch that mattered."""

    declared: Mapping[str, Declared]
    switches: Collection[str]
    used: set[str] = field(default_factory=set)

    def read(self, pairs: list[tuple[str, Value]]) -> list[tuple[str, Value]]:
        """The pairs for FastAPI: the value that counts as legacy reads it, or none of that name. Files stay."""
        counting = self._counting([name for name, _ in pairs])
        absent: set[str] = set()
        found: list[tuple[str, Value]] = []
        for place, (name, value) in enumerate(pairs):
            declared = self.declared.get(name)
            if declared is None or not isinstance(value, str) or not (declared.is_list or counting[name] == place):
                found.append((name, value))
                continue
            text = self._text(declared.kind, value)
            if text is not None:
                found.append((name, text))  # type: ignore[arg-type] # a str for a str
            elif not declared.is_list:
                absent.add(name)
        return [pair for pair in found if pair[0] not in absent]

    def _counting(self, names: list[str]) -> dict[str, int]:
        """Where the value is that counts, by name."""
        last = {name: place for place, name in enumerate(names)}
        if "params.first_value" not in self.switches:
            return last
        first = {name: place for place, name in reversed(list(enumerate(names)))}
        lists = {name for name, one in self.declared.items() if one.is_list}
        if any(first[name] != last[name] for name in last if name not in lists):
            self.used.add("params.first_value")
        return first

    def _text(self, kind: Any, value: str) -> str | None:
        """The value in a form that pydantic reads as legacy does; None where it counts as absent."""
        if kind is bool:
            return self._truth(value)
        if value == "" and kind not in {str, Any} and "params.empty_values" in self.switches:
            self.used.add("params.empty_values")
            return None
        reader = _reader(kind)
        if reader is None or "params.lax_query" not in self.switches:
            return value
        try:
            read = reader(value)
        except ValueError:
            self.used.add("params.lax_query")
            return None
        return str(read) if kind in {int, float} else value

    def _truth(self, value: str) -> str | None:
        if "params.bool_of_text" in self.switches:
            if value.lower() not in _TRUE:
                self.used.add("params.bool_of_text")
            return "true" if value else "false"
        if value == "" and "params.empty_values" in self.switches:
            self.used.add("params.empty_values")
            return None
        return value


def _reader(kind: Any) -> Callable[[str], Any] | None:
    """What a view passes as `type=`."""
    if kind in {int, float, UUID} or (isinstance(kind, type) and issubclass(kind, Enum)):
        return kind  # type: ignore[no-any-return] # each is called with the text
    return None
