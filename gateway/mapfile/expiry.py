"""The rules of a map with their reasons and expiries: which are over, which are soon, which say nothing. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from gateway.mapfile.schema import Defaults, Document, Policies, RouteEntry
from gateway.routing.route import DEFAULT_ROUTE_ID

SOON = timedelta(days=14)
"""How long before its expiry a rule is spoken of: long enough to correct v2, or to renew the rule with a reason."""

Place = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class WrittenRule:
    """A rule as it stands in the map. `kind` is the key of `compare` that it is under, `place` where it is written."""

    route: str
    kind: str
    place: Place
    reason: str | None
    expires: date | None

    def is_over(self, today: date) -> bool:
        """Whether it does not apply any more."""
        return self.expires is not None and self.expires <= today

    def is_soon(self, today: date) -> bool:
        """Whether it still applies, and not for long."""
        return self.expires is not None and today < self.expires <= today + SOON


@dataclass(frozen=True, slots=True)
class RuleCounts:
    """How many rules a map has, how many of them are over, soon will be, or have no reason."""

    total: int
    over: int
    soon: int
    without_reason: int


def rules_of(document: Document) -> tuple[WrittenRule, ...]:
    """Every rule of a map, in the order of the file, but for the defaults, which come first."""
    return tuple(written_rules(document.defaults, dict(enumerate(document.routes))))


def written_rules(defaults: Defaults, entries: Mapping[int, RouteEntry]) -> Iterator[WrittenRule]:
    """The same, of the entries that are well formed, by their index."""
    yield from _of_block(defaults, DEFAULT_ROUTE_ID, ("defaults",))
    for index, entry in entries.items():
        yield from _of_block(entry, entry.id, ("routes", index))


def count_rules(document: Document, today: date) -> RuleCounts:
    """The rules of a map, counted."""
    rules = rules_of(document)
    return RuleCounts(
        total=len(rules),
        over=sum(rule.is_over(today) for rule in rules),
        soon=sum(rule.is_soon(today) for rule in rules),
        without_reason=sum(rule.reason is None for rule in rules),
    )


def expiry_times(document: Document) -> dict[tuple[str, ...], float]:
    """(route, kind of rule) -> when the first rule of that kind expires, in seconds since 1970.

    A rule of the defaults is `__default__`'s. One that is over stays in, until it is deleted or renewed.
    """
    found: dict[tuple[str, ...], float] = {}
    for rule in rules_of(document):
        if rule.expires is not None:
            at = datetime.combine(rule.expires, time(), UTC).timestamp()
            key = (rule.route, rule.kind)
            found[key] = min(at, found.get(key, at))
    return found


def _of_block(block: Policies, route: str, place: Place) -> Iterator[WrittenRule]:
    compare = block.compare
    if compare is None:
        return
    for kind in ("excuse", "unordered", "tolerance", "html"):
        for number, rule in enumerate(getattr(compare, kind)):
            yield WrittenRule(route, kind, (*place, "compare", kind, number), rule.reason, rule.expires)
    for name, rule in compare.headers.items():
        yield WrittenRule(route, "headers", (*place, "compare", "headers", name), rule.reason, rule.expires)
