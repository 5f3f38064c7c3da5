"""Ready, not ready, inconclusive, and the sentences."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.parity.difference import Verdict
from gateway.parity.gate import GatePolicy, GateState, Latency, assess
from gateway.parity.tally import Tally

POLICY = GatePolicy()


def a_tally(shapes: int, differing: int = 0, **counts: int) -> Tally:
    given = {Verdict[name.upper()]: number for name, number in counts.items()}
    return Tally({Verdict.MATCH: shapes - differing, Verdict.MISMATCH: differing, **given}, shapes, differing)


def test_no_traffic_is_never_a_pass() -> None:
    assessment = assess(POLICY, {})
    assert assessment.state is GateState.INCONCLUSIVE
    assert assessment.reasons == ("0 distinct 2xx requests, 3,421 needed for 99.9 % at 95 %",)
    assert assessment.lower_bound is None


def test_little_traffic_is_inconclusive_with_its_numbers() -> None:
    assessment = assess(POLICY, {"2xx": a_tally(412)})
    assert assessment.state is GateState.INCONCLUSIVE
    assert assessment.reasons == ("412 distinct 2xx requests, 3,421 needed for 99.9 % at 95 %",)


def test_enough_agreement_is_ready() -> None:
    assessment = assess(POLICY, {"2xx": a_tally(4000), "4xx": a_tally(3)})
    assert assessment.state is GateState.READY
    assert "0 of 4,000 distinct 2xx requests differ" in assessment.reasons[0]
    assert assessment.lower_bound is not None


def test_a_bound_is_never_above_what_was_seen() -> None:
    """Two of fifty distinct requests differ, and they come most: 60 % of the answers agree."""
    seldom = Tally({Verdict.MATCH: 60, Verdict.MISMATCH: 40}, 50, 2)
    assert assess(POLICY, {"2xx": seldom}).lower_bound == pytest.approx(0.6)
    often = Tally({Verdict.MATCH: 98, Verdict.MISMATCH: 2}, 50, 2)
    bound = assess(POLICY, {"2xx": often}).lower_bound
    assert bound is not None
    assert bound < 0.96
    only_excused = Tally({Verdict.EXCUSED: 9}, 9, 0)
    assert assess(POLICY, {"2xx": only_excused}).lower_bound is not None


def test_agreement_on_errors_says_nothing_about_answers() -> None:
    """H5: a bot's 404s."""
    assert assess(POLICY, {"4xx": a_tally(100_000)}).state is GateState.INCONCLUSIVE


def test_the_same_request_a_thousand_times_is_one() -> None:
    tally = Tally({Verdict.MATCH: 100_000}, shapes=1)
    assert assess(POLICY, {"2xx": tally}).state is GateState.INCONCLUSIVE


@pytest.mark.parametrize("stratum", ["2xx", "3xx", "4xx", "5xx"])
def test_differences_speak_against_a_route_in_every_stratum(stratum: str) -> None:
    tallies = {"2xx": a_tally(10_000), stratum: a_tally(10_000, 30)}
    assessment = assess(POLICY, tallies)
    assert assessment.state is GateState.NOT_READY
    expected = f"30 of 10,000 distinct {stratum} requests differ: parity 99.7 %, 99.9 % wanted"
    assert assessment.reasons[0] == expected


def test_few_differences_among_many_need_more_evidence() -> None:
    assert assess(POLICY, {"2xx": a_tally(4000, 1)}).state is GateState.INCONCLUSIVE
    assert assess(POLICY, {"2xx": a_tally(40_000, 1)}).state is GateState.READY


def test_both_sides_failing_blocks() -> None:
    tallies = {"2xx": a_tally(10_000), "5xx": Tally({Verdict.BOTH_ERROR: 200})}
    assessment = assess(POLICY, tallies)
    assert assessment.state is GateState.NOT_READY
    assert assessment.reasons[0] == "both sides failed in 200 of 10,200 exchanges, more than 1%"


def test_a_slower_v2_is_not_ready() -> None:
    assessment = assess(POLICY, {"2xx": a_tally(10_000)}, Latency(0.010, 0.013, 500))
    assert assessment.state is GateState.NOT_READY
    assert "1.30 times legacy's (13.0 ms against 10.0 ms, 500 pairs); 1.2 is allowed" in assessment.reasons[0]
    assert assess(POLICY, {"2xx": a_tally(10_000)}, Latency(0.010, 0.012, 500)).state is GateState.READY


def test_a_few_slow_requests_are_no_p95() -> None:
    assert assess(POLICY, {"2xx": a_tally(10_000)}, Latency(0.010, 0.100, 99)).state is GateState.READY


def test_answers_that_are_excused_as_a_whole_are_no_evidence_and_the_gate_says_what_to_do() -> None:
    assessment = assess(POLICY, {"2xx": Tally({Verdict.EXCUSED: 10_000})})
    assert assessment.state is GateState.INCONCLUSIVE
    assert assessment.reasons[0].startswith("0 distinct 2xx requests")
    assert "none of 10,000 2xx exchanges is evidence, for they differ where that is excused" in assessment.reasons[1]
    assert "`$`" in assessment.reasons[1]


def test_the_rest_of_what_is_excused_is_evidence_and_the_gate_says_how_much_was() -> None:
    tally = Tally({Verdict.EXCUSED: 9_000, Verdict.MATCH: 1_000}, 4_000, 0)
    assessment = assess(POLICY, {"2xx": tally})
    assert assessment.state is GateState.READY
    assert assessment.reasons[0].endswith("1,000 exchanges were compared, 9,000 more differ only where that is excused")
    few = assess(POLICY, {"2xx": replace(tally, shapes=40)})
    assert few.state is GateState.INCONCLUSIVE
    assert few.reasons[1].startswith("9,000 of 10,000 2xx exchanges differ only where that is excused")


def test_a_difference_beside_what_is_excused_counts_against_the_route() -> None:
    assert assess(POLICY, {"2xx": Tally({Verdict.EXCUSED: 90, Verdict.MISMATCH: 10}, 100, 10)}).state is (
        GateState.NOT_READY
    )
