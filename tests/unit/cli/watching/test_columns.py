"""What a row says, and which columns a terminal has room for."""

from __future__ import annotations

import pytest

from gateway.cli.watching.columns import COLUMNS, ENOUGH, fitting, rate
from gateway.console.views.cause import CauseCount
from gateway.console.views.row import Latency, Quantiles, RouteRow
from gateway.parity.gate import GateState
from gateway.routing.mode import Mode
from tests.support.views import a_row

ROW = a_row(
    mode=Mode.CANARY,
    percent=2.5,
    legacy_rate=41.2,
    v2_rate=0.04,
    parity=0.999971,
    lower_bound=0.9984,
    gate=GateState.NOT_READY,
    mismatches=1200,
    latency=Latency(Quantiles(0.01, 0.0123, 9), None, paired=False),
    causes=(CauseCount("json.null", 1100), CauseCount("status.code", 100)),
)


def cells(row: RouteRow) -> dict[str, str]:
    return {column.heading: column.cell(row) for column in COLUMNS}


def test_a_row_says_what_the_console_says() -> None:
    assert cells(ROW) == {
        "ROUTE": "employees.reports",
        "MODE": "canary 2.5 %",
        "LEGACY/S": "41",
        "V2/S": "0.04",
        "PARITY": "99.9971 %",
        "AT LEAST": "99.84 %",
        "GATE": "not_ready",
        "DIFFER": "1,200",
        "P95 MS": "12 / -",
        "TOP CAUSE": "json.null (1,100)",
    }


def test_what_is_not_known_is_a_dash_and_not_a_number() -> None:
    nothing = a_row(
        mode=Mode.LEGACY, percent=None, legacy_rate=None, v2_rate=None, parity=None, lower_bound=None, gate=None,
        is_compared=False, mismatches=0, latency=None, causes=(),
    )  # fmt: skip
    assert list(cells(nothing).values())[1:] == ["legacy", "-", "-", "-", "-", "-", "-", "-", ""]


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "-"), (0.0, "0"), (0.001, "0.01"), (0.04, "0.04"), (2.25, "2.2"), (12.6, "13"), (12345.0, "12,345")],
)
def test_rates_have_two_digits_and_only_none_is_none(value: float | None, shown: str) -> None:
    assert rate(value) == shown


def headings(width: int) -> list[str]:
    return [column.heading for column in fitting([ROW], width)]


def test_a_wide_terminal_has_every_column() -> None:
    assert headings(200) == [column.heading for column in COLUMNS]


def test_on_a_narrow_terminal_what_says_least_goes_first() -> None:
    assert headings(106) == [heading for heading in headings(200) if heading != "P95 MS"]
    assert headings(66) == ["ROUTE", "MODE", "PARITY", "GATE", "DIFFER"]
    assert headings(1) == ["ROUTE", "MODE", "GATE"]


@pytest.mark.parametrize("width", range(40, 140))
def test_what_is_left_has_room(width: int) -> None:
    _, *others = fitting([ROW], width)
    taken = sum(max(len(one.heading), len(one.cell(ROW))) + 2 for one in others)
    assert min(len(ROW.id), ENOUGH) + taken <= width or not [one for one in others if one.goes is not None]
