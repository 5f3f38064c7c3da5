"""The verdicts: what is concluded from two outcomes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gateway.exchange import Failure, FailureKind, Outcome, Response
from gateway.parity import compare as module
from gateway.parity.compare import compare, stratum
from gateway.parity.difference import UNEXPLAINED, Kind, Part, Verdict
from gateway.parity.rules import Excuse, Rules
from tests.unit.parity.answers import TODAY, a_json, a_request, an_answer, compared

CRASHED = Failure(FailureKind.EXCEPTION, "ValueError: a mistake")
LATE = Failure(FailureKind.TIMEOUT, "no answer within 5 s")
OK = an_answer(b"hello", content_type="text/plain")
ERROR = an_answer(b"error", 500, content_type="text/plain")


@pytest.mark.parametrize(
    ("legacy", "v2", "verdict", "reason"),
    [
        (OK, OK, Verdict.MATCH, ""),
        (OK, CRASHED, Verdict.MISMATCH, ""),
        (OK, LATE, Verdict.MISMATCH, ""),
        (an_answer(status=404), CRASHED, Verdict.MISMATCH, ""),
        (CRASHED, OK, Verdict.SKIPPED, "legacy_exception"),
        (LATE, OK, Verdict.SKIPPED, "legacy_timeout"),
        (LATE, CRASHED, Verdict.BOTH_ERROR, "timeout: no answer within 5 s; exception: ValueError: a mistake"),
        (ERROR, ERROR, Verdict.BOTH_ERROR, ""),
        (ERROR, an_answer(status=503), Verdict.BOTH_ERROR, ""),
        (ERROR, CRASHED, Verdict.BOTH_ERROR, "status 500; exception: ValueError: a mistake"),
        (ERROR, OK, Verdict.MISMATCH, ""),
        (OK, ERROR, Verdict.MISMATCH, ""),
        (OK, Failure(FailureKind.ABORTED, "the process went"), Verdict.SKIPPED, "aborted"),
        (Failure(FailureKind.ABORTED, "the client left"), ERROR, Verdict.SKIPPED, "aborted"),
    ],
)
def test_the_verdict(legacy: Outcome, v2: Outcome, verdict: Verdict, reason: str) -> None:
    found = compared(legacy, v2)
    assert (found.verdict, found.reason) == (verdict, reason)
    assert found.stratum == stratum(legacy)


def test_a_v2_without_an_answer_is_a_difference_of_the_outcome() -> None:
    (difference,) = compared(OK, CRASHED).differences
    assert (difference.part, difference.kind) == (Part.OUTCOME, Kind.CHANGED)
    assert (difference.legacy, difference.v2) == ("status 200", "exception: ValueError: a mistake")
    assert difference.cause == "outcome.exception"


BUG = "ValueError: a mistake, at shop/views.py:31"


@pytest.mark.parametrize("legacy", [OK, an_answer(status=404), an_answer(status=302)])
def test_a_500_that_is_the_frameworks_word_for_an_exception_is_named_by_it(legacy: Response) -> None:
    (difference,) = compared(legacy, replace(ERROR, raised=BUG)).differences
    assert difference.part is Part.OUTCOME
    assert (difference.legacy, difference.v2) == (f"status {legacy.status}", f"status 500, {BUG}")
    assert difference.cause == "outcome.exception"


def test_a_500_of_both_sides_is_both_errors_whatever_v2_raised() -> None:
    assert compared(ERROR, replace(ERROR, raised=BUG)).verdict is Verdict.BOTH_ERROR
    assert compared(LATE, replace(ERROR, raised=BUG)).reason.endswith(BUG)


def test_a_500_that_v2_meant_is_compared_as_an_answer() -> None:
    assert Part.OUTCOME not in {one.part for one in compared(OK, ERROR).differences}


def test_what_v2_raises_after_a_good_answer_is_a_mismatch_of_its_own() -> None:
    """A commit that fails when the client has its answer: no client could tell, and something is lost."""
    found = compared(OK, replace(OK, raised=BUG))
    assert found.verdict is Verdict.MISMATCH
    (difference,) = found.differences
    assert (difference.legacy, difference.v2) == ("status 200", f"status 200, {BUG}")
    assert difference.cause == "outcome.exception-after-answer"


def test_what_v2_raises_after_an_answer_that_differs_is_beside_the_differences() -> None:
    causes = {one.part: one.cause for one in compared(OK, replace(an_answer(status=201), raised=BUG)).differences}
    assert causes[Part.OUTCOME] == "outcome.exception-after-answer"
    assert Part.STATUS in causes


def test_what_both_sides_raise_after_their_answers_is_no_difference() -> None:
    assert compared(replace(OK, raised=BUG), replace(OK, raised="KeyError: 'a'")).verdict is Verdict.MATCH


@pytest.mark.parametrize(("legacy", "v2"), [(None, b"a"), (b"a", None), (None, None)])
def test_a_body_above_the_capture_limit_is_not_compared(legacy: bytes | None, v2: bytes | None) -> None:
    found = compared(an_answer(legacy), an_answer(v2))
    assert (found.verdict, found.reason) == (Verdict.SKIPPED, "body_too_large")


def test_another_status_is_a_mismatch_even_above_the_capture_limit() -> None:
    assert compared(an_answer(None, 200), an_answer(None, 201)).verdict is Verdict.MISMATCH
    assert compared(an_answer(None, location="/a"), an_answer(None, location="/b")).verdict is Verdict.MISMATCH


def test_streams_are_compared_by_their_heads() -> None:
    stream = {"content_type": "text/event-stream"}
    found = compared(an_answer(b"data: 1\n\n", **stream), an_answer(b"data: 2\n\n", **stream))
    assert (found.verdict, found.reason) == (Verdict.SKIPPED, "stream")
    assert compared(an_answer(b"data: 1\n\n", **stream), an_answer(b"x", 500, **stream)).verdict is Verdict.MISMATCH


def test_a_body_under_another_status_is_one_difference() -> None:
    found = compared(a_json({"a": 1, "b": 2}), a_json({"detail": "no"}, 404))
    assert [(one.part, one.location) for one in found.differences] == [(Part.STATUS, ""), (Part.BODY, "")]


def test_a_body_of_another_media_type_is_one_difference() -> None:
    found = compared(a_json({"a": 1}), an_answer(b"<p>", content_type="text/html"))
    assert [(one.part, one.location) for one in found.differences] == [(Part.HEADER, "content-type"), (Part.BODY, "")]


def test_equal_bytes_under_another_media_type_differ_in_the_header_alone() -> None:
    found = compared(a_json({"a": 1}), an_answer(b'{"a": 1}', content_type="text/html"))
    assert [one.location for one in found.differences] == ["content-type"]


def test_only_excused_differences_make_the_verdict_excused() -> None:
    rules = Rules(excuses=(Excuse("a clock", at="$.now"),))
    found = compared(a_json({"now": 1, "a": 1}), a_json({"now": 2, "a": 1}), rules)
    assert found.verdict is Verdict.EXCUSED
    assert [one.excused_by for one in found.differences] == ["a clock"]
    found = compared(a_json({"now": 1, "a": 1}), a_json({"now": 2, "a": 2}), rules)
    assert found.verdict is Verdict.MISMATCH
    assert [one.location for one in found.unexcused] == ["/a"]


def test_an_internal_error_is_a_verdict() -> None:
    found = compare(an_answer(b"x"), an_answer(b"y"), None, request=a_request(), today=TODAY)  # type: ignore[arg-type] # on purpose
    assert found.verdict is Verdict.ERROR
    assert "NoneType" in found.reason


def test_a_recogniser_that_fails_leaves_the_mismatch(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(module, "explain", fails)
    found = compared(an_answer(status=200), an_answer(status=201))
    assert found.verdict is Verdict.MISMATCH
    assert [one.cause for one in found.differences] == [UNEXPLAINED]


def test_an_excuse_ends_on_its_day() -> None:
    rules = Rules(excuses=(Excuse("a clock", at="$.now", expires=date(2026, 3, 1)),))
    request = a_request()
    pair = a_json({"now": 1}), a_json({"now": 2})
    assert compare(*pair, rules, request=request, today=date(2026, 2, 28)).verdict is Verdict.EXCUSED
    found = compare(*pair, rules, request=request, today=date(2026, 3, 1))
    assert found.verdict is Verdict.MISMATCH
    assert found.differences[0].note == "the excuse 'a clock' expired on 2026-03-01"


def test_an_answer_to_head_has_no_body_whatever_the_framework_hands_to_the_server() -> None:
    request = a_request(method="HEAD")
    legacy, v2 = an_answer(b"", content_type="text/plain"), an_answer(b"hello", content_type="text/plain")
    assert compare(legacy, v2, Rules(), request=request, today=TODAY).verdict is Verdict.MATCH
    assert compare(legacy, an_answer(b"", 404), Rules(), request=request, today=TODAY).verdict is Verdict.MISMATCH
