"""Which groups a reader asked for. Pure, and the same for every store."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from gateway.evidence.store import SAMPLES, Group, GroupPage, GroupQuery

_INDEX = re.compile(r"/\d+(?=/|$)")


def cause_pattern(cause: str) -> str:
    """What the JSON text of a list of causes contains, if the list has this one."""
    return json.dumps(cause)


def field_patterns(field: str) -> tuple[str, ...]:
    """What the JSON text of a list of locations contains one of, if any is at `field` or below it."""
    place = _INDEX.sub("/*", field.strip().rstrip("/"))
    if place.startswith("/") or not place:
        return (_begun(f"body {place}") + '"', _begun(f"body {place}/"))
    return (json.dumps(place), json.dumps(f"header {place.lower()}"))


def is_at(locations: Iterable[str], field: str) -> bool:
    """Whether any of these locations (`body /items/*/created`) is at `field` or below it."""
    text = json.dumps(list(locations))
    return any(pattern in text for pattern in field_patterns(field))


def select_groups(found: Iterable[Group], query: GroupQuery) -> GroupPage:
    """The page that was asked for, of groups whose route and epoch were."""
    whole: dict[tuple[str, str], Group] = {}
    for group in found:
        if query.cause is not None and query.cause not in group.causes:
            continue
        if query.field is not None and not is_at(group.locations, query.field):
            continue
        key = (group.route, group.signature)
        whole[key] = group if key not in whole else _added(whole[key], group)
    ordered = sorted(whole.values(), key=lambda group: (-group.count, -group.last, group.route, group.signature))
    page = tuple(ordered[query.offset : query.offset + query.limit])
    return GroupPage(page, len(ordered), sum(group.count for group in ordered))


def _begun(text: str) -> str:
    """The beginning of a JSON string."""
    return json.dumps(text)[:-1]


def _added(one: Group, other: Group) -> Group:
    first, second = sorted((one, other), key=lambda group: group.first)
    return Group(
        one.route,
        one.signature,
        one.count + other.count,
        first.first,
        max(one.last, other.last),
        one.causes,
        one.locations,
        (*first.samples, *second.samples)[-SAMPLES:],
    )
