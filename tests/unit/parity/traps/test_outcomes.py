"""O: why there is no answer is the cause, whatever legacy said; tests/e2e/test_shadow_faults.py provokes them."""

from __future__ import annotations

import pytest

from gateway.exchange import Failure, FailureKind
from gateway.parity.causes import rendered
from gateway.parity.difference import Verdict
from tests.unit.parity.answers import a_json, an_answer, compared

NAMED = [kind for kind in FailureKind if kind is not FailureKind.ABORTED]


@pytest.mark.parametrize("kind", NAMED, ids=str)
@pytest.mark.parametrize(
    "legacy", [a_json({"a": 1}), an_answer(b"gone", 404), an_answer(b"", 302, location="/a")], ids=["200", "404", "302"]
)
def test_the_way_in_which_v2_does_not_answer_is_the_cause(legacy, kind):
    (found,) = compared(legacy, Failure(kind, "late")).differences
    assert found.cause == f"outcome.{kind.replace('_', '-')}"
    assert f" {found.cause} at the outcome: legacy answers, v2" in f" {rendered(found).partition(' ')[2]}"
    assert found.v2 == f"{kind}: late"


def test_what_the_gateway_broke_off_itself_says_nothing():
    comparison = compared(a_json({"a": 1}), Failure(FailureKind.ABORTED, "shed"))
    assert (comparison.verdict, comparison.differences) == (Verdict.SKIPPED, ())
