"""One picture of all routes, without what it is made of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.cli.watching.frame import Frame, Row

QUIET = Row("quiet", "legacy", 0.0, 0.0, None, None, "inconclusive", 0, None)
BUSY = replace(QUIET, route="busy", legacy_rate=3.0)
WRONG = replace(QUIET, route="wrong", parity=0.5, mismatches=1200, top_cause="json.null")
FRAME = Frame((QUIET, BUSY, WRONG), "http://127.0.0.1:8081", "0123456789abcdef", 2, None, "ok", "ok")


def test_rows_with_nothing_to_see_make_room_first():
    assert [row.route for row in FRAME.busiest(3)] == ["quiet", "busy", "wrong"]
    assert [row.route for row in FRAME.busiest(2)] == ["busy", "wrong"]


@pytest.mark.parametrize(
    ("rate", "shown"), [(None, "-"), (0.0, "0"), (0.04, "0.0"), (2.25, "2.2"), (12.6, "13"), (12345.0, "12,345")]
)
def test_rates_have_two_digits(rate: float | None, shown: str):
    assert replace(QUIET, legacy_rate=rate).cells[2] == shown


def test_parity_is_never_rounded_up_to_all_of_them():
    assert replace(QUIET, parity=0.99999, lower_bound=0.5).cells[4:6] == ("99.99 %", "50 %")
    assert WRONG.cells[-1] == "json.null (1,200)"


def test_the_status_says_where_it_comes_from_and_what_is_missing():
    assert FRAME.status == "http://127.0.0.1:8081, revision 0123456789ab, 2 workers"
    troubled = replace(FRAME, console=None, workers=0, force="legacy", evidence="it is locked", map="line 3 is wrong")
    assert troubled.status == (
        "no gateway answers for this map; everything is sent to legacy by force; it is locked; line 3 is wrong"
    )
