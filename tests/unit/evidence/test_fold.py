"""Batches, added up."""

from __future__ import annotations

from gateway.evidence.fold import admitted, fold
from gateway.parity.difference import Verdict
from tests.support.records import a_record


def test_a_batch_is_sorted_so_that_every_writer_goes_the_same_way() -> None:
    folded = fold([a_record(1, route=route, epoch=epoch) for route in "cab" for epoch in ("2", "1")])
    assert list(folded.strata) == sorted(folded.strata)


def test_a_shape_that_differed_once_differs_whatever_comes_after() -> None:
    for order in ((Verdict.MISMATCH, Verdict.MATCH), (Verdict.MATCH, Verdict.MISMATCH)):
        (gain,) = fold([a_record(1, verdict) for verdict in order]).strata.values()
        assert gain.shapes == {f"{1:016x}": True}
        assert gain.times[f"{1:016x}"] == 2


def test_a_full_stratum_takes_only_what_speaks_against_the_route() -> None:
    new = {"a": False, "b": True, "c": False}
    assert admitted(new, 0, 10) == {"b": True, "a": False, "c": False}
    assert admitted(new, 8, 10) == {"b": True, "a": False}
    assert admitted(new, 10, 10) == {"b": True}
    assert admitted(new, 20, 10) == {}
