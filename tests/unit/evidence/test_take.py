"""Samples of exchanges: what is kept of both answers, and of where they differ."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gateway.evidence.redact import Redactor
from gateway.evidence.sample import Sample, SampledFailure, SampledResponse
from gateway.evidence.take import SampleTaker
from gateway.exchange import Exchange, Failure, FailureKind, Headers, Observation, Outcome, Request, Response, Side
from gateway.parity.compare import compare
from gateway.parity.difference import Part, Verdict
from gateway.parity.rules import Rules

REDACTOR = Redactor(b"k" * 32)
JSON = ((b"content-type", b"application/json"),)
TEXT = ((b"content-type", b"text/plain"),)


def answer(body: bytes, lines: tuple[tuple[bytes, bytes], ...] = JSON, status: int = 200) -> Response:
    return Response(status, Headers(lines), body)


def take(legacy: Outcome, v2: Outcome, redactor: Redactor = REDACTOR) -> Sample:
    request = Request(
        "id-1", "GET", "/reset/bob@example.com", b"token=CANARY", Headers(((b"cookie", b"s=CANARY"),)), b""
    )
    exchange = Exchange(request, "r", Observation(Side.LEGACY, legacy, 0.1), Observation(Side.V2, v2, 0.2))
    comparison = compare(legacy, v2, Rules(), request=request, today=datetime.now(UTC).date())
    assert comparison.verdict is Verdict.MISMATCH
    return SampleTaker(redactor, now=lambda: 5.0)(exchange, comparison, "e1")


def test_a_sample_says_who_when_and_where() -> None:
    sample = take(answer(b'{"a": 1}'), answer(b'{"a": 2}'))
    assert (sample.id, sample.time, sample.route, sample.epoch, sample.stratum) == ("id-1", 5.0, "r", "e1", "2xx")
    (difference,) = sample.differences
    assert (difference.location, difference.legacy, difference.v2) == ("/a", "1", "2")
    assert sample.bodies == (b"", b'{"a": 1}', b'{"a": 2}')


def test_nothing_of_the_request_that_is_secret_is_kept() -> None:
    """Case 145."""
    sample = take(answer(b"1"), answer(b"2"))
    assert "CANARY" not in sample.document()
    assert "bob@" not in sample.document()
    assert sample.request.path == f"/reset/{REDACTOR.mark('bob@example.com')}"


def test_a_secret_that_differs_is_seen_to_differ_and_not_what_it_is() -> None:
    """Case 147."""
    sample = take(answer(b'{"password": "CANARY1"}'), answer(b'{"password": "CANARY2"}'))
    (difference,) = sample.differences
    assert difference.legacy == REDACTOR.mark("CANARY1") != difference.v2
    assert sample.bodies[1] == f'{{"password": "{difference.legacy}"}}'.encode()
    assert "CANARY" not in sample.document()


def test_an_excerpt_that_begins_within_a_secret_is_taken_again() -> None:
    """Case 145: its first forty characters are the middle of a password, without the name before it."""
    one, other = (f"hello\npassword={'x' * 80}{end} tail".encode() for end in ("CANARY1", "CANARY2"))
    sample = take(answer(one, TEXT), answer(other, TEXT))
    assert "CANARY" not in sample.document()
    assert "xxxx" not in sample.document()
    assert "redacted" in str(sample.differences[0].legacy)


def test_an_excerpt_of_what_is_not_kept_is_not_kept() -> None:
    one, other = (f"secret text {end}".encode() for end in ("CANARY1", "CANARY2"))
    latin = ((b"content-type", b"text/plain; charset=rot13"),)
    sample = take(answer(one, latin), answer(other, latin))
    assert "CANARY" not in sample.document()
    assert sample.bodies[1:] == (None, None)


def test_cookies_differ_by_name_and_attribute_and_hash() -> None:
    lines = [((b"set-cookie", b"theme=CANARY%d; Path=/" % number), *JSON) for number in (1, 2)]
    sample = take(answer(b"{}", lines[0]), answer(b"{}", lines[1]))
    (difference,) = sample.differences
    assert (difference.part, difference.legacy) == (Part.HEADER, f"theme={REDACTOR.mark('CANARY1')}")
    assert "CANARY" not in sample.document()


def test_no_answer_is_kept_as_such() -> None:
    sample = take(answer(b"{}"), Failure(FailureKind.EXCEPTION, "KeyError: password=CANARY"))
    assert isinstance(sample.v2, SampledFailure)
    assert (sample.v2.kind, "CANARY" in sample.v2.message) == ("exception", False)
    assert "CANARY" not in sample.document()


@pytest.mark.parametrize("method", ["text", "query", "header", "headers", "body", "at"])
def test_what_cannot_be_redacted_leaves_shapes_and_hashes(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Case 145: it fails closed, whatever failed."""
    redactor = Redactor(b"k" * 32)

    def broken(*_arguments: object) -> str:
        raise RecursionError

    monkeypatch.setattr(redactor, method, broken)
    legacy = answer(b'{"name": "visible1"}', (*JSON, (b"x-a", b"visible2")), 200)
    sample = take(legacy, answer(b'{"name": "visible3"}', (*JSON, (b"x-a", b"visible4")), 404), redactor)
    assert "visible" not in sample.document()
    assert "CANARY" not in sample.document()
    assert sample.bodies == (None, None, None)
    assert isinstance(sample.legacy, SampledResponse)
    assert (sample.legacy.status, sample.legacy.body.length) == (200, 20)
    assert sample.differences
