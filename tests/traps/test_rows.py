"""Every trap that can be provoked over HTTP is named by its cause: real Flask, a real naive port of it, one request."""

from __future__ import annotations

import pytest

from gateway.parity.causes import catalogue
from gateway.parity.difference import Verdict
from tests.traps.pair import Row, compared
from tests.traps.rows import every_row

pytestmark = pytest.mark.anyio

NAMES = {cause.trap: cause.name for cause in catalogue()}


@pytest.mark.parametrize("row", every_row(), ids=str)
async def test_the_difference_is_named_by_its_cause(row: Row) -> None:
    comparison = await compared(row)
    assert comparison.verdict is row.verdict, comparison
    if row.verdict in {Verdict.MISMATCH, Verdict.BOTH_ERROR}:
        assert {difference.cause for difference in comparison.differences} == {NAMES[row.trap]}, comparison
    else:
        assert comparison.differences == ()
