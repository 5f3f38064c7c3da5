"""From numbers to Prometheus' families: merging the numbers of several workers, and a collector for a registry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import inf, isfinite

from prometheus_client import Metric
from prometheus_client.registry import Collector

from gateway.telemetry.cells import Series
from gateway.telemetry.families import FAMILIES, Family, Kind

Snapshot = Mapping[Series, list[float]]
"""Numbers of each series: one, or a histogram's buckets (not cumulative), the infinite bucket and the sum."""


def merge(parts: Iterable[Iterable[tuple[Series, list[float]]]]) -> Snapshot:
    """One snapshot out of several processes': counters and histograms add up, a gauge as its family says."""
    merged: dict[Series, list[float]] = {}
    for part in parts:
        for series, numbers in part:
            before = merged.get(series)
            merged[series] = numbers if before is None else _join(FAMILIES[series[0]].kind, before, numbers)
    return merged


def _join(kind: Kind, left: list[float], right: list[float]) -> list[float]:
    match kind:
        case Kind.MAX:
            return [max(left[0], right[0])]
        case Kind.MIN:
            return [min(left[0], right[0])]
        case Kind.COUNTER | Kind.HISTOGRAM | Kind.SUM:
            return [a + b for a, b in zip(left, right, strict=True)]


class Exposition(Collector):
    """What a registry asks at a scrape. `snapshot` is called on the scraping thread, never on the door's loop."""

    def __init__(self, snapshot: Callable[[], Snapshot]) -> None:
        self._snapshot = snapshot

    def describe(self) -> Iterable[Metric]:
        """Every family, without samples: a registry checks names with it."""
        return [_empty(family) for family in FAMILIES.values()]

    def collect(self) -> Iterable[Metric]:
        """Every family that has a series."""
        metrics: dict[str, Metric] = {}
        for (name, labels), numbers in self._snapshot().items():
            family = FAMILIES[name]
            metric = metrics.get(name)
            if metric is None:
                metric = metrics[name] = _empty(family)
            values = dict(zip(family.labels, labels, strict=True))
            if family.kind is Kind.HISTOGRAM:
                _add_histogram(metric, family, values, numbers)
            else:
                metric.add_sample(name, values, numbers[0])
        return metrics.values()


def _empty(family: Family) -> Metric:
    kind = "gauge" if family.kind.is_gauge else family.kind.value
    return Metric(family.name.removesuffix("_total"), family.help, kind)


def _add_histogram(metric: Metric, family: Family, labels: dict[str, str], numbers: list[float]) -> None:
    *buckets, total = numbers
    count = 0.0
    for bound, number in zip((*family.bounds, inf), buckets, strict=True):
        count += number
        metric.add_sample(f"{family.name}_bucket", {**labels, "le": f"{bound:g}" if isfinite(bound) else "+Inf"}, count)
    metric.add_sample(f"{family.name}_count", labels, count)
    metric.add_sample(f"{family.name}_sum", labels, total)
