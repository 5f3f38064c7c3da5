"""Numbers over time, as a chart or a table draws them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gateway.evidence.history import HOUR, MINUTE, TOTAL, Period, by_key, quantile, rung
from gateway.exchange import Side
from gateway.routing.mode import Mode


class Unit(StrEnum):
    """What a series counts."""

    RATE = "requests_per_second"
    SECONDS = "seconds"
    SHARE = "share"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a chart. `values` has a number for each of the chart's times; None where nothing is known."""

    name: str
    """What it is of: `legacy`, `v2`, `legacy p95`, a rung, `parity`."""
    unit: Unit
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Series over the same times. `times` are the beginnings of periods of `step` seconds, oldest first, no gaps."""

    step: float
    times: tuple[float, ...]
    series: tuple[Series, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return all(value is None for one in self.series for value in one.values)


@dataclass(frozen=True, slots=True)
class RouteCharts:
    """How a route did over time, over the same times."""

    volume: Chart
    """Requests a second that each side answered: `legacy`, `v2`."""
    parity: Chart
    """`parity`, the share of compared requests that agreed, and `mismatches`, a count, for each period."""
    latency: Chart
    """Seconds of what clients were served: `legacy p50`, `legacy p95`, `v2 p50`, `v2 p95`."""


@dataclass(frozen=True, slots=True)
class TotalCharts:
    """How everything did over time, over the same times."""

    rungs: Chart
    """Requests a second of the routes on each rung, as they stood then: `legacy`, `shadow`, `canary`, `v2`."""
    sides: Chart
    """Requests a second that each side answered: `legacy`, `v2`."""
    parity: Chart
    """`parity` and `mismatches`, for each period."""


@dataclass(frozen=True, slots=True)
class Span:
    """What a chart covers: periods of `step` seconds from `since` to `until`, both on a step."""

    since: int
    until: int
    step: int

    @property
    def starts(self) -> range:
        """When each period begins."""
        return range(self.since, self.until, self.step)


_STEPS = ((6.0, MINUTE), (24.0, 5 * MINUTE), (48.0, 10 * MINUTE), (32 * 24.0, HOUR))
"""Up to so many hours, a chart has periods of so many seconds: some 300 points, and no more than 800."""
_LONGEST_STEP = 24 * HOUR
_WRITING = 5
"""Seconds after the end of a minute within which it is written."""


def span_of(now: float, hours: float, hours_until: float | None) -> Span:
    """The span of the last `hours`. `hours_until`: until then only hours are known, so no chart is finer there."""
    step = next((step for most, step in _STEPS if hours <= most), _LONGEST_STEP)
    if hours_until is not None and now - hours * HOUR < hours_until:
        step = max(step, HOUR)
    until = int(now) - int(now) % step + step
    since = int(now - hours * HOUR)
    return Span(since - since % step, until, step)


def route_charts(periods: Sequence[Period], span: Span, now: float) -> RouteCharts:
    """The charts of one route, whose periods have the span's step."""
    found = {one.start: one for one in periods}
    return RouteCharts(
        volume=_sides(found, span, now),
        parity=_parity(found, span),
        latency=_chart(
            span,
            _of("legacy p50", Unit.SECONDS, found, span, lambda one: quantile(one.legacy_times, 0.5)),
            _of("legacy p95", Unit.SECONDS, found, span, lambda one: quantile(one.legacy_times, 0.95)),
            _of("v2 p50", Unit.SECONDS, found, span, lambda one: quantile(one.v2_times, 0.5)),
            _of("v2 p95", Unit.SECONDS, found, span, lambda one: quantile(one.v2_times, 0.95)),
        ),
    )


TOTAL_KEYS = (TOTAL, *(rung(mode) for mode in Mode))
"""The keys of history that `total_charts` is made of."""


def total_charts(periods: Sequence[Period], span: Span, now: float) -> TotalCharts:
    """The charts of everything."""
    keys = {key: {one.start: one for one in mine} for key, mine in by_key(periods).items()}
    whole = keys.get(TOTAL, {})
    rungs = [
        _rates(mode.value, keys.get(rung(mode), {}), span, now, lambda one: one.legacy + one.v2, known=whole)
        for mode in Mode
    ]
    return TotalCharts(rungs=_chart(span, *rungs), sides=_sides(whole, span, now), parity=_parity(whole, span))


def _sides(found: Mapping[int, Period], span: Span, now: float) -> Chart:
    return _chart(
        span,
        _rates(Side.LEGACY.value, found, span, now, lambda one: one.legacy),
        _rates(Side.V2.value, found, span, now, lambda one: one.v2),
    )


def _parity(found: Mapping[int, Period], span: Span) -> Chart:
    def share(one: Period) -> float | None:
        compared = one.agreed + one.differed
        return one.agreed / compared if compared else None

    def differed(one: Period) -> float | None:
        return float(one.differed) if one.agreed + one.differed else None

    return _chart(
        span, _of("parity", Unit.SHARE, found, span, share), _of("mismatches", Unit.COUNT, found, span, differed)
    )


def _rates(
    name: str,
    found: Mapping[int, Period],
    span: Span,
    now: float,
    count: Callable[[Period], int],
    *,
    known: Mapping[int, Period] | None = None,
) -> Series:
    """Requests a second; nothing in a period is 0 once anything was seen before it, since idle minutes are not kept.

    History is written minute by minute, so the minute that goes on is not known, and no part of a period's rate.
    """
    first = min(found if known is None else known, default=None)

    def rate(start: int) -> float | None:
        if first is None or start < first:
            return None
        written = (now - start - _WRITING) // MINUTE * MINUTE
        if start not in found:
            return 0.0 if written > 0 else None
        # What was written of the minute that goes on is of a gateway that ended in it.
        return count(found[start]) / min(span.step, max(written, min(now - start, MINUTE), 1.0))

    return Series(name, Unit.RATE, tuple(rate(start) for start in span.starts))


def _of(
    name: str, unit: Unit, found: Mapping[int, Period], span: Span, value: Callable[[Period], float | None]
) -> Series:
    return Series(name, unit, tuple(value(found[start]) if start in found else None for start in span.starts))


def _chart(span: Span, *series: Series) -> Chart:
    return Chart(float(span.step), tuple(float(start) for start in span.starts), series)
