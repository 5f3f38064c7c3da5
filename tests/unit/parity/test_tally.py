"""Counts of what was compared."""

from __future__ import annotations

from gateway.parity.difference import Verdict
from gateway.parity.tally import Tally, total


def test_only_match_equivalent_and_mismatch_enter_parity() -> None:
    tally = Tally(dict.fromkeys(Verdict, 1))
    assert tally.compared == 3
    assert tally.parity == 1 - 1 / 3


def test_nothing_compared_has_no_parity() -> None:
    assert Tally({Verdict.SKIPPED: 5}).parity is None


def test_strata_add_up() -> None:
    one, two = Tally({Verdict.MATCH: 1}, 1, 0), Tally({Verdict.MATCH: 2, Verdict.MISMATCH: 3}, 4, 2)
    assert total([one, two]) == Tally({Verdict.MATCH: 3, Verdict.MISMATCH: 3}, 5, 2)
