"""A chart's numbers reach those who draw and those who read."""

from __future__ import annotations

import json

from gateway.console.pages.charts import ROWS, chart_json, legend, numbers, style_of
from gateway.console.pages.words import THIN, UNKNOWN
from gateway.console.views.chart import Chart, Series, Unit

CHART = Chart(
    60.0,
    tuple(1_795_270_000.0 + 60 * number for number in range(100)),
    (
        Series("legacy p95", Unit.SECONDS, (*(0.012345678 for _ in range(99)), None)),
        Series("mismatches", Unit.COUNT, (None,) * 100),
    ),
)


def test_script_gets_every_value_with_its_unit_and_colour() -> None:
    drawn = json.loads(chart_json(CHART))
    assert drawn["step"] == 60.0
    assert len(drawn["times"]) == 100
    first, second = drawn["series"]
    assert (first["name"], first["unit"], first["style"]) == ("legacy p95", "seconds", "legacy")
    assert first["values"][0] == 0.012346
    assert first["values"][-1] is None
    assert second["style"] == "bad"


def test_key_has_the_latest_known_value() -> None:
    first, second = legend(CHART)
    assert first.latest == f"12.3{THIN}ms"
    assert second.latest == UNKNOWN


def test_table_has_the_latest_periods_first() -> None:
    rows = numbers(CHART)
    assert len(rows) == ROWS
    assert rows[0] == ("2026-11-21 15:45:40Z", (UNKNOWN, UNKNOWN))
    assert rows[1][1][0] == f"12.3{THIN}ms"


def test_a_median_is_fainter_than_its_95th_percentile() -> None:
    assert style_of("v2 p50") == "v2 faint"
    assert style_of("v2 p95") == "v2"
    assert style_of("anything") == "ink"
