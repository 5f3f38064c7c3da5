"""A batch of records, added up: what each stratum and each signature gains. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from gateway.evidence.latency import LatencyPairs
from gateway.evidence.record import Record
from gateway.evidence.sample import Sample
from gateway.parity.difference import Verdict


class StratumKey(NamedTuple):
    """What a tally is kept apart by."""

    route: str
    epoch: str
    stratum: str


class GroupKey(NamedTuple):
    """What mismatches are kept apart by."""

    route: str
    epoch: str
    signature: str


@dataclass(slots=True)
class Gain:
    """What a stratum gains. `shapes` says of each whether it differed in this batch."""

    first: float
    last: float
    exchanges: Counter[Verdict] = field(default_factory=Counter)
    shapes: dict[str, bool] = field(default_factory=dict)
    times: Counter[str] = field(default_factory=Counter)
    """How often each shape came."""
    latency: LatencyPairs = field(default_factory=LatencyPairs)


@dataclass(slots=True)
class GroupGain:
    """What a signature gains."""

    first: float
    last: float
    causes: tuple[str, ...]
    locations: tuple[str, ...]
    count: int = 0
    samples: list[Sample] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Folded:
    """A batch, added up. Sorted by key, so that every writer goes through a store in the same order."""

    strata: dict[StratumKey, Gain]
    groups: dict[GroupKey, GroupGain]


def fold(batch: Iterable[Record]) -> Folded:
    """Add a batch up."""
    strata: dict[StratumKey, Gain] = {}
    groups: dict[GroupKey, GroupGain] = {}
    for record in batch:
        _count(strata, record)
        if record.verdict is Verdict.MISMATCH:
            _group(groups, record)
    return Folded(dict(sorted(strata.items())), dict(sorted(groups.items())))


def _count(strata: dict[StratumKey, Gain], record: Record) -> None:
    key = StratumKey(record.route, record.epoch, record.stratum)
    gain = strata.setdefault(key, Gain(record.time, record.time))
    gain.first = min(gain.first, record.time)
    gain.last = max(gain.last, record.time)
    gain.exchanges[record.verdict] += 1
    if record.speaks is not None:
        gain.shapes[record.shape] = gain.shapes.get(record.shape, False) or not record.speaks
        gain.times[record.shape] += 1
    if record.legacy_elapsed is not None and record.v2_elapsed is not None:
        gain.latency.add(record.legacy_elapsed, record.v2_elapsed)


def _group(groups: dict[GroupKey, GroupGain], record: Record) -> None:
    key = GroupKey(record.route, record.epoch, record.signature)
    gain = groups.setdefault(key, GroupGain(record.time, record.time, record.causes, record.locations))
    gain.first = min(gain.first, record.time)
    gain.last = max(gain.last, record.time)
    gain.count += 1
    if record.sample is not None:
        gain.samples.append(record.sample)


def admitted(new: dict[str, bool], known: int, limit: int) -> dict[str, bool]:
    """The new shapes that are still recorded when `known` are: up to `limit`, and those that differ up to twice that.

    What is not recorded is not known to agree; so once a stratum is full, only what speaks against the route goes in.
    """
    room = max(0, limit - known)
    differing = [shape for shape, differs in new.items() if differs][: max(0, 2 * limit - known)]
    agreeing = [shape for shape, differs in new.items() if not differs][: max(0, room - len(differing))]
    return {**dict.fromkeys(differing, True), **dict.fromkeys(agreeing, False)}
