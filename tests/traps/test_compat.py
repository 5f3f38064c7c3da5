"""With the compat switch of its cause, and no other, the naive port answers as legacy does: every row that has one."""

from __future__ import annotations

import pytest

from gateway.parity.causes import catalogue
from gateway.parity.difference import Verdict
from tests.traps.pair import Row, ask_pair, compared, judged
from tests.traps.rows import every_row

pytestmark = pytest.mark.anyio

SWITCH = {cause.trap: cause.switch for cause in catalogue() if cause.switch}
CLAIMED = [row for row in every_row() if row.trap in SWITCH]


@pytest.mark.parametrize("row", CLAIMED, ids=str)
async def test_a_switch_alone_makes_the_two_answers_equal_and_without_it_they_are_not(row: Row) -> None:
    plain = await compared(row)
    assert plain.verdict is row.verdict, plain
    assert bool(plain.differences) is (row.verdict in {Verdict.MISMATCH, Verdict.BOTH_ERROR}), plain
    asked = await ask_pair(row, SWITCH[row.trap])
    comparison = judged(asked)
    assert comparison.differences == (), comparison
    wanted = {Verdict.BOTH_ERROR} if row.verdict is Verdict.BOTH_ERROR else {Verdict.MATCH, Verdict.EQUIVALENT}
    assert comparison.verdict in wanted, comparison


@pytest.mark.parametrize("row", CLAIMED, ids=str)
async def test_its_use_is_counted_and_no_other_switch_is(row: Row) -> None:
    used = set((await ask_pair(row, SWITCH[row.trap])).used)
    # the session's own dependency counts that it was read, beside what it says of caches
    assert used - {"session.read"} == {SWITCH[row.trap]}


async def test_the_text_form_of_json_is_the_same_byte_for_byte() -> None:
    """S1 is no difference to the comparison: what clients see who compare text or hashes."""
    [row] = [row for row in CLAIMED if row.trap == "S1"]
    plain, kept = await ask_pair(row), await ask_pair(row, "json.text_form")
    assert kept.v2.body == kept.legacy.body
    assert plain.v2.body != plain.legacy.body
