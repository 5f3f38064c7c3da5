"""Adding up a replay."""

from __future__ import annotations

from gateway.cli.replaying.player import Played
from gateway.cli.replaying.recording import Recorded
from gateway.cli.replaying.results import EXAMPLES, Results
from gateway.parity.difference import Comparison, Difference, Kind, Part, Verdict

REQUEST = Recorded("line 1", "GET", b"/a", b"", [(b"host", b"x")])


def a_mismatch(location: str = "/0/a", cause: str = "json.null") -> Comparison:
    return Comparison(Verdict.MISMATCH, (Difference(Part.BODY, location, Kind.CHANGED, "1", "2", cause),))


def played(comparison: Comparison | None = None, *, route: str = "r", skipped: str = "") -> Played:
    return Played(REQUEST, route, comparison, skipped)


def test_mismatches_of_one_signature_are_one_group_with_a_few_examples():
    results = Results({})
    for index in range(10):
        results.add(played(a_mismatch(f"/{index}/a")))
    results.add(played(a_mismatch(cause="json.sorted")))
    first, second = results.groups
    assert (first.count, first.locations, first.causes) == (10, ("body /*/a",), ("json.null",))
    assert len(first.examples) == EXAMPLES
    assert second.count == 1


def test_only_a_replay_in_which_something_was_compared_passes():
    results = Results({"other_host": 2})
    assert not results.passed
    results.add(played(skipped="unsafe_method"))
    results.add(played(Comparison(Verdict.SKIPPED, reason="body_too_large")))
    results.add(played(Comparison(Verdict.BOTH_ERROR)))
    assert not results.passed
    assert results.skipped == {"other_host": 2, "unsafe_method": 1, "body_too_large": 1}
    results.add(played(Comparison(Verdict.MATCH)))
    assert results.passed
    assert results.requests == 4


def test_a_comparison_that_failed_itself_is_no_pass():
    results = Results({})
    results.add(played(Comparison(Verdict.MATCH)))
    results.add(played(Comparison(Verdict.ERROR, reason="KeyError: x")))
    assert (results.passed, results.errors) == (False, ["line 1: KeyError: x"])


def test_excused_differences_pass_and_are_counted():
    results = Results({})
    results.add(played(Comparison(Verdict.EXCUSED)))
    assert results.passed
    assert results.document()["verdicts"] == {"excused": 1}
