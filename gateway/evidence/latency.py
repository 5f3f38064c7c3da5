"""How long both sides took for the same requests, in buckets that grow by 5 %.

A bucket's middle is at most 2.5 % off, so a p95 ratio is told from a neighbouring one well before the gate's 1.2.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable

from gateway.parity.gate import Latency

_LEAST = 1e-5
_GROWTH = math.log(1.05)
_LAST = 400
"""10 microseconds to about 50 minutes; what is beyond counts for the ends."""


class LatencyPairs:
    """Counts of pairs by bucket, each side for itself. Only requests that both sides answered belong in it."""

    def __init__(self, buckets: dict[int, tuple[int, int]] | None = None) -> None:
        self._buckets = dict(buckets or {})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LatencyPairs) and self._buckets == other._buckets

    __hash__ = None  # type: ignore[assignment]  # it changes

    def __repr__(self) -> str:
        return f"<LatencyPairs {self.pairs}>"

    @property
    def pairs(self) -> int:
        """How many requests were measured."""
        return sum(legacy for legacy, _ in self._buckets.values())

    def add(self, legacy: float, v2: float) -> None:
        """One request: seconds of both sides."""
        self._count(_bucket(legacy), 1, 0)
        self._count(_bucket(v2), 0, 1)

    def merge(self, other: LatencyPairs) -> None:
        """Take in what another has counted."""
        for bucket, (legacy, v2) in other._buckets.items():
            self._count(bucket, legacy, v2)

    def quantile(self, share: float) -> Latency | None:
        """Both sides at `share` in (0, 1], in seconds; None before anything was measured."""
        pairs = self.pairs
        if not pairs:
            return None
        rank = max(1, math.ceil(share * pairs))
        return Latency(self._at(rank, 0), self._at(rank, 1), pairs)

    def to_json(self) -> str:
        """`{"bucket": [legacy, v2], ...}`."""
        return json.dumps(self._buckets, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> LatencyPairs:
        """What `to_json` wrote. Raises ValueError for anything else."""
        return cls({int(bucket): (int(legacy), int(v2)) for bucket, (legacy, v2) in json.loads(text).items()})

    def _count(self, bucket: int, legacy: int, v2: int) -> None:
        before = self._buckets.get(bucket, (0, 0))
        self._buckets[bucket] = (before[0] + legacy, before[1] + v2)

    def _at(self, rank: int, side: int) -> float:
        passed = 0
        for bucket in sorted(self._buckets):
            passed += self._buckets[bucket][side]
            if passed >= rank:
                return _LEAST * math.exp((bucket + 0.5) * _GROWTH)
        return 0.0


def together(several: Iterable[LatencyPairs]) -> LatencyPairs:
    """Several strata as one."""
    whole = LatencyPairs()
    for one in several:
        whole.merge(one)
    return whole


def _bucket(seconds: float) -> int:
    if seconds <= _LEAST:
        return 0
    return min(_LAST, int(math.log(seconds / _LEAST) / _GROWTH))
