"""Charts: what is drawn of history, and what is not known."""

from __future__ import annotations

import pytest

from gateway.console.views.chart import TOTAL_KEYS, route_charts, span_of, total_charts
from gateway.evidence.history import HOUR, MINUTE, TOTAL, Period, rung

NOW = 1_800_000_030.0  # half a minute into a full hour
START = 1_800_000_000


@pytest.mark.parametrize(
    ("hours", "hours_until", "step"),
    [
        (1.0, None, MINUTE),
        (24.0, None, 300),
        (48.0, None, 600),
        (720.0, None, HOUR),
        (24.0 * 366, None, 24 * HOUR),
        (24.0, START - 25 * HOUR, 300),
        (24.0, START - 20 * HOUR, HOUR),
    ],
)
def test_a_longer_chart_has_longer_periods_and_none_finer_than_what_is_kept(
    hours: float, hours_until: float | None, step: int
) -> None:
    span = span_of(NOW, hours, hours_until)
    assert span.step == step
    assert len(span.starts) <= 800
    assert span.since <= NOW - hours * HOUR
    assert span.starts[-1] <= NOW < span.starts[-1] + step


def test_idle_minutes_are_zero_once_something_was_seen_and_unknown_before() -> None:
    span = span_of(NOW, 1.0, None)
    periods = [Period("r", START - 180, MINUTE, legacy=60, v2=30), Period("r", START, MINUTE, legacy=15)]
    charts = route_charts(periods, span, NOW)
    legacy, v2 = charts.volume.series
    assert legacy.values[-5:] == (None, 1.0, 0.0, 0.0, 0.5), "the last period is half a minute old"
    assert v2.values[-4] == 0.5
    assert len(legacy.values) == len(charts.volume.times)


def test_the_minute_that_goes_on_is_not_known_and_makes_no_rate_smaller() -> None:
    """Nothing of it is written before it is over: a rate that fell to nothing every minute would be a false alarm."""
    periods = [Period("r", START, MINUTE, legacy=120), Period("r", START + 60, MINUTE, legacy=120)]
    fine, coarse = (span_of(START + 150, hours, None) for hours in (1.0, 24.0))
    by_minute = route_charts(periods, fine, START + 150).volume.series[0]
    assert by_minute.values[-3:] == (2.0, 2.0, None)
    together = [Period("r", START, 5 * MINUTE, legacy=240)]
    assert route_charts(together, coarse, START + 150).volume.series[0].values[-1] == 2.0
    assert route_charts(periods[:1], fine, START + 63).volume.series[0].values[-1] is None
    idle = route_charts(periods[:1], fine, START + 126).volume.series[0]
    assert idle.values[-2:] == (0.0, None), "a minute in which nobody asked is one with nothing in it"


def test_parity_is_only_known_where_something_was_compared() -> None:
    span = span_of(NOW, 1.0, None)
    charts = route_charts([Period("r", START - 60, MINUTE, agreed=9, differed=1)], span, NOW)
    parity, mismatches = charts.parity.series
    assert (parity.values[-2:], mismatches.values[-2:]) == ((0.9, None), (1.0, None))
    assert charts.latency.is_empty
    assert not charts.parity.is_empty


def test_latency_is_read_out_of_the_buckets() -> None:
    span = span_of(NOW, 1.0, None)
    times = (0, 0, 10)
    charts = route_charts([Period("r", START - 60, MINUTE, legacy_times=times)], span, NOW)
    names = {series.name: series.values[-2] for series in charts.latency.series}
    assert names["legacy p50"] == pytest.approx(0.0075)
    assert names["v2 p95"] is None


def test_rungs_begin_together() -> None:
    span = span_of(NOW, 1.0, None)
    periods = [
        Period(TOTAL, START - 120, MINUTE, legacy=60, agreed=1),
        Period(rung("shadow"), START - 120, MINUTE, legacy=60),
        Period(TOTAL, START - 60, MINUTE, v2=60),
        Period(rung("v2"), START - 60, MINUTE, v2=60),
    ]
    charts = total_charts(periods, span, NOW)
    rungs = {series.name: series.values[-3:] for series in charts.rungs.series}
    assert rungs == {
        "legacy": (0.0, 0.0, None),
        "shadow": (1.0, 0.0, None),
        "canary": (0.0, 0.0, None),
        "v2": (0.0, 1.0, None),
    }
    assert {one.key for one in periods} <= set(TOTAL_KEYS)
