"""Additions in SQL: batches larger than one statement takes."""

from __future__ import annotations

from collections.abc import Callable

from gateway.evidence.sql import SqlStore
from gateway.parity.difference import Verdict
from tests.support.records import a_record


def test_a_batch_of_thousands_is_counted_like_a_small_one(open_file: Callable[[], SqlStore]) -> None:
    store = open_file()
    store.add([a_record(number) for number in range(2500)])
    store.add([a_record(number, Verdict.MISMATCH if number % 2 else Verdict.MATCH) for number in range(2500)])
    (one,) = store.tallies()
    assert (one.tally.compared, one.tally.shapes, one.tally.differing) == (5000, 2500, 1250)
