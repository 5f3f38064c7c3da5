"""Which groups a reader asked for. Pure, and the same for every store."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.evidence.store import SAMPLES, Group


def select_groups(found: Iterable[Group], cause: str | None, field: str | None, limit: int) -> list[Group]:
    """The groups of one signature as one, those that were asked for, the most frequent first, `limit` at most."""
    whole: dict[tuple[str, str], Group] = {}
    for group in found:
        if cause is not None and cause not in group.causes:
            continue
        if field is not None and not any(field in location for location in group.locations):
            continue
        key = (group.route, group.signature)
        whole[key] = group if key not in whole else _added(whole[key], group)
    return sorted(whole.values(), key=lambda group: (-group.count, -group.last, group.route, group.signature))[:limit]


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
