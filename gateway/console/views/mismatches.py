"""Mismatches by signature: what differs, where, how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from gateway.console.views.bounds import limit_of, offset_of, text_of
from gateway.console.views.cause import CauseCount, Causes, CauseView
from gateway.console.views.picture import Picture
from gateway.evidence.store import CauseTally, Group, GroupPage, GroupQuery


@dataclass(frozen=True, slots=True)
class MismatchGroup:
    """The mismatches of one signature: the same causes at the same places of one route."""

    route: str
    signature: str
    count: int
    first: float
    last: float
    causes: tuple[CauseView, ...]
    """Each with what it is and its fix; without numbers of their own."""
    locations: tuple[str, ...]
    """`body /items/*/created`, `header location`, `status`."""
    samples: tuple[str, ...]
    """Ids of kept samples, the newest first; may be empty when they were let go of."""


@dataclass(frozen=True, slots=True)
class MismatchesQuery:
    """What is asked of the list; the defaults ask for its beginning."""

    route: str = ""
    cause: str = ""
    """A whole name."""
    field: str = ""
    """A pointer (`/items/0/created`) and what is below it, a header's name, or `status`."""
    everything: bool = False
    """Also what was seen before the last flip or change of a rule of its route."""
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, slots=True)
class MismatchesPage:
    """One page of groups, the most frequent first."""

    query: MismatchesQuery
    """As it was understood: limits within bounds."""
    groups: tuple[MismatchGroup, ...]
    found: int
    """Groups that match, on every page."""
    mismatches: int
    """Mismatches in them."""
    causes: tuple[CauseCount, ...]
    """What the groups that `route` and `everything` ask for are caused by, the most frequent first."""
    revision: str
    version: int
    evidence: str
    """`ok`, or why the evidence cannot be read."""


def understood(asked: MismatchesQuery) -> MismatchesQuery:
    """What is asked for, limits within bounds."""
    return replace(
        asked,
        route=text_of(asked.route),
        cause=text_of(asked.cause),
        field=text_of(asked.field),
        limit=limit_of(asked.limit),
        offset=offset_of(asked.offset),
    )


def group_query(picture: Picture, query: MismatchesQuery) -> GroupQuery:
    """What that means for the store."""
    return GroupQuery(
        route=query.route or None,
        epochs=None if query.everything else picture.epochs,
        cause=query.cause or None,
        field=query.field or None,
        limit=query.limit,
        offset=query.offset,
    )


def group_view(group: Group, causes: Causes) -> MismatchGroup:
    """A group of the store."""
    return MismatchGroup(
        route=group.route,
        signature=group.signature,
        count=group.count,
        first=group.first,
        last=group.last,
        causes=causes.views(group.causes),
        locations=group.locations,
        samples=group.samples[::-1],
    )


def mismatches_page(
    picture: Picture, query: MismatchesQuery, found: GroupPage, counts: tuple[CauseCount, ...], causes: Causes
) -> MismatchesPage:
    """The page. `counts` are of the routes and epochs that the query is about."""
    return MismatchesPage(
        query=query,
        groups=tuple(group_view(group, causes) for group in found.groups),
        found=found.found,
        mismatches=found.mismatches,
        causes=counts,
        revision=picture.revision,
        version=picture.version,
        evidence=picture.evidence,
    )


def cause_counts(tallies: Iterable[CauseTally]) -> tuple[CauseCount, ...]:
    """How many mismatches have each cause, the most frequent first."""
    counts: Counter[str] = Counter()
    for tally in tallies:
        for name in tally.causes:
            counts[name] += tally.count
    return _ordered(counts)


def summed(by_route: Mapping[str, tuple[CauseCount, ...]]) -> tuple[CauseCount, ...]:
    """The causes of several routes, the most frequent first."""
    counts: Counter[str] = Counter()
    for mine in by_route.values():
        for one in mine:
            counts[one.name] += one.count
    return _ordered(counts)


def _ordered(counts: Mapping[str, int]) -> tuple[CauseCount, ...]:
    return tuple(CauseCount(name, counts[name]) for name in sorted(counts, key=lambda name: (-counts[name], name)))
