"""Charts for the script that draws them, and for those who read the numbers. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass

from gateway.console.pages.words import count, duration, moment, percent, rate
from gateway.console.views.chart import Chart, Series, Unit

ROWS = 60
"""Periods that the table below a chart shows: the latest ones."""
_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Legend:
    """A series in the chart's key: its name, how it is drawn, and its latest known value."""

    name: str
    style: str
    latest: str


def chart_json(chart: Chart) -> str:
    """`{"step", "times", "series": [{"name", "unit", "style", "values"}]}` for a data attribute."""
    series = [
        {
            "name": one.name,
            "unit": one.unit.value,
            "style": style_of(one.name),
            "values": [None if value is None else float(f"{value:.{_DIGITS}g}") for value in one.values],
        }
        for one in chart.series
    ]
    document = {"step": chart.step, "times": [round(time) for time in chart.times], "series": series}
    return json.dumps(document, separators=(",", ":"), allow_nan=False)


def legend(chart: Chart) -> tuple[Legend, ...]:
    """The key of a chart."""
    return tuple(Legend(one.name, style_of(one.name), shown(one, _latest(one))) for one in chart.series)


def numbers(chart: Chart) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The latest periods as text, the newest first: when, and a value for each series."""
    last = range(len(chart.times) - 1, max(-1, len(chart.times) - 1 - ROWS), -1)
    return tuple(
        (moment(chart.times[number]), tuple(shown(one, one.values[number]) for one in chart.series)) for number in last
    )


def shown(series: Series, value: float | None) -> str:
    """A value in the series' unit."""
    match series.unit:
        case Unit.RATE:
            return rate(value) + ("/s" if value is not None else "")
        case Unit.SECONDS:
            return duration(value)
        case Unit.SHARE:
            return percent(value)
        case Unit.COUNT:
            return count(value)


def style_of(name: str) -> str:
    """How a series is drawn: its side's or rung's colour, and faint for a median."""
    first, _, rest = name.partition(" ")
    known = {"legacy", "shadow", "canary", "v2"}
    style = first if first in known else {"mismatches": "bad", "parity": "good"}.get(first, "ink")
    return style + (" faint" if rest == "p50" else "")


def _latest(series: Series) -> float | None:
    return next((value for value in reversed(series.values) if value is not None), None)
