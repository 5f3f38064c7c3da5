"""Mismatches by signature, as they are written for people and for machines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gateway.cli.evidence.causes import Causes
from gateway.cli.render import Output, iso, moment, plural
from gateway.evidence.store import Group

SHOWN_LOCATIONS = 5
SHOWN_SAMPLES = 3


def show_groups(groups: Iterable[Group], output: Output) -> None:
    """A paragraph for each."""
    for group in groups:
        output.data(
            f"{group.route}: {plural(group.count, 'time')}, first {moment(group.first)}, last {moment(group.last)}",
            style="bold",
        )
        show_causes(group.causes, group.locations, output)
        if group.samples:
            output.data(f"  gateway show {group.samples[-1]}    of {_some(group.samples[::-1], SHOWN_SAMPLES)}")


def show_causes(names: Iterable[str], locations: tuple[str, ...], output: Output) -> None:
    """What a signature consists of: each cause with its sentence and fix, and where."""
    causes = Causes()
    for name in names:
        first, *rest = causes.lines(name)
        output.data(f"  {first}")
        for line in rest:
            output.data(f"    {line}")
    if locations:
        output.data(f"  at {_some(locations, SHOWN_LOCATIONS)}")


def group_document(group: Group, causes: Causes) -> dict[str, Any]:
    """A group for machines."""
    return {
        "route": group.route,
        "signature": group.signature,
        "count": group.count,
        "first": iso(group.first),
        "last": iso(group.last),
        "causes": causes.documents(group.causes),
        "locations": list(group.locations),
        "samples": list(group.samples),
    }


def _some(things: tuple[str, ...], most: int) -> str:
    shown = ", ".join(things[:most])
    return shown if len(things) <= most else f"{shown} and {len(things) - most} more"
