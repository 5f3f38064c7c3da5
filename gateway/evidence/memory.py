"""Evidence in memory: for tests, for replays, and for a process that keeps nothing."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from gateway.evidence.fold import Gain, GroupGain, GroupKey, StratumKey, admitted, fold
from gateway.evidence.history import Period
from gateway.evidence.latency import LatencyPairs
from gateway.evidence.memory_history import MemoryHistory
from gateway.evidence.record import Record
from gateway.evidence.retention import SHAPE_BYTES, Age, Kept, stale_epochs, superfluous
from gateway.evidence.sample import Sample
from gateway.evidence.select import select_groups
from gateway.evidence.store import (
    OTHERS,
    CauseTally,
    Group,
    GroupPage,
    GroupQuery,
    Limits,
    Pruned,
    StratumTally,
)
from gateway.parity.difference import Verdict
from gateway.parity.tally import Tally


@dataclass(slots=True)
class _Stratum:
    first: float
    last: float
    exchanges: Counter[Verdict] = field(default_factory=Counter)
    shapes: dict[str, bool] = field(default_factory=dict)
    unrecorded: int = 0
    latency: LatencyPairs = field(default_factory=LatencyPairs)


class MemoryStore:
    """An EvidenceStore that is gone when the process is."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._lock = threading.Lock()
        self._strata: dict[StratumKey, _Stratum] = {}
        self._groups: dict[GroupKey, GroupGain] = {}
        self._noise: dict[str, str] = {}
        self._history = MemoryHistory()

    def add(self, batch: Sequence[Record], /) -> None:
        """Take in a batch."""
        folded = fold(batch)
        with self._lock:
            for stratum, gain in folded.strata.items():
                self._gain(stratum, gain)
            for group, more in folded.groups.items():
                self._gain_group(group, more)

    def tallies(self, route: str | None = None, epoch: str | None = None) -> list[StratumTally]:
        """The counts, by route, epoch and stratum."""
        with self._lock:
            return [
                StratumTally(
                    *key,
                    Tally(dict(one.exchanges), len(one.shapes), sum(one.shapes.values())),
                    LatencyPairs.from_json(one.latency.to_json()),
                    one.unrecorded,
                    one.first,
                    one.last,
                )
                for key, one in sorted(self._strata.items())
                if route in (None, key.route) and epoch in (None, key.epoch)
            ]

    def groups(self, query: GroupQuery, /) -> GroupPage:
        """A page of mismatches by signature."""
        with self._lock:
            found = [
                _shown(key, one)
                for key, one in self._groups.items()
                if query.route in (None, key.route)
                and (query.epochs is None or query.epochs.get(key.route) == key.epoch)
            ]
        return select_groups(found, query)

    def group_of(self, sample_id: str, /) -> Group | None:
        """The group that a sample belongs to."""
        with self._lock:
            mine = (
                _shown(key, one)
                for key, one in self._groups.items()
                if any(sample.id == sample_id for sample in one.samples)
            )
            return next(mine, None)

    def causes(self, route: str | None = None) -> list[CauseTally]:
        """What mismatches are caused by, by route and epoch."""
        counts: Counter[tuple[str, str, tuple[str, ...]]] = Counter()
        with self._lock:
            for key, one in self._groups.items():
                if route in (None, key.route):
                    counts[(key.route, key.epoch, one.causes)] += one.count
        return [CauseTally(*key, count) for key, count in counts.items()]

    def get(self, sample_id: str, /) -> Sample | None:
        """One sample in full."""
        with self._lock:
            samples = (sample for one in self._groups.values() for sample in one.samples)
            return next((sample for sample in samples if sample.id == sample_id), None)

    def noise(self, route: str, /) -> str | None:
        """What was saved of a route's learned noise."""
        return self._noise.get(route)

    def save_noise(self, route: str, state: str, /) -> None:
        """Keep a route's learned noise."""
        self._noise[route] = state

    def add_history(self, periods: Sequence[Period], /) -> None:
        """Add to what is known of these periods."""
        with self._lock:
            self._history.add(periods)

    def history(self, keys: Sequence[str], *, since: float, step: int) -> list[Period]:
        """What `keys` did, in periods of `step` seconds."""
        with self._lock:
            return self._history.read(keys, since, step)

    def hours_until(self) -> float | None:
        """When the newest period ends of which only the hour is known."""
        with self._lock:
            return self._history.hours_until()

    def prune(self, *, now: float, max_age: float, max_bytes: int) -> Pruned:
        """Let go of what is too old, and of what is too much."""
        with self._lock:
            before = self._numbers()
            self._forget_older(now - max_age)
            self._shrink(max_bytes)
            self._history.prune(now, max_age, max_bytes)
            after = self._numbers()
        return Pruned(*(old - new for old, new in zip(before, after, strict=True)))

    def close(self) -> None:
        """Nothing to let go of."""

    def _gain(self, key: StratumKey, gain: Gain) -> None:
        one = self._strata.setdefault(key, _Stratum(gain.first, gain.last))
        one.first, one.last = min(one.first, gain.first), max(one.last, gain.last)
        one.exchanges.update(gain.exchanges)
        one.latency.merge(gain.latency)
        new = {shape: differs for shape, differs in gain.shapes.items() if shape not in one.shapes}
        taken = admitted(new, len(one.shapes), self._limits.shapes)
        one.unrecorded += sum(gain.times[shape] for shape in new if shape not in taken)
        one.shapes.update(taken)
        one.shapes.update((shape, True) for shape, differs in gain.shapes.items() if differs and shape in one.shapes)

    def _gain_group(self, key: GroupKey, gain: GroupGain) -> None:
        if key not in self._groups:
            siblings = sum(1 for other in self._groups if other[:2] == key[:2])
            if siblings >= self._limits.signatures:
                key, gain.causes, gain.locations = key._replace(signature=OTHERS), (), ()
        one = self._groups.setdefault(key, GroupGain(gain.first, gain.last, gain.causes, gain.locations))
        one.first, one.last = min(one.first, gain.first), max(one.last, gain.last)
        one.count += gain.count
        room = max(0, self._limits.samples - len(one.samples))
        known = {sample.id for sample in one.samples}
        one.samples.extend([sample for sample in gain.samples if sample.id not in known][:room])

    def _numbers(self) -> tuple[int, int, int]:
        samples = sum(len(one.samples) for one in self._groups.values())
        return samples, len(self._groups), len(self._strata)

    def _forget_older(self, than: float) -> None:
        self._strata = {key: one for key, one in self._strata.items() if one.last >= than}
        self._groups = {key: one for key, one in self._groups.items() if one.last >= than}
        for one in self._groups.values():
            one.samples = [sample for sample in one.samples if sample.time >= than]

    def _shrink(self, budget: int) -> None:
        ages = [Age(key.route, key.epoch, one.last, len(one.shapes)) for key, one in self._strata.items()]
        kept = [
            Kept(sample.id, key.route, "/".join(key), sample.time, sample.size)
            for key, one in self._groups.items()
            for sample in one.samples
        ]
        stale = set(stale_epochs(ages, budget // 2))
        self._strata = {key: one for key, one in self._strata.items() if key[:2] not in stale}
        shapes = sum(len(one.shapes) for one in self._strata.values()) * SHAPE_BYTES
        gone = set(superfluous(kept, max(budget - shapes, budget // 2)))
        for one in self._groups.values():
            one.samples = [sample for sample in one.samples if sample.id not in gone]


def _shown(key: GroupKey, one: GroupGain) -> Group:
    ids = tuple(sample.id for sample in sorted(one.samples, key=lambda sample: (sample.time, sample.id)))
    return Group(key.route, key.signature, one.count, one.first, one.last, one.causes, one.locations, ids)
